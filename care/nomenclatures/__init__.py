"""Tables of codes and words, as CSV files; read by `care.specialty`."""
