"""Words of the specialties: how they are compared, found, and read in a longer text."""
