"""The neutral search: candidates from SQL, order from a pure function."""
