"""The neutral search: offers from an index of PostGIS in memory, order from a pure function."""
