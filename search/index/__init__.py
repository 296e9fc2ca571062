"""The offers and their slots in memory, read from PostGIS."""
