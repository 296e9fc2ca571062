"""Free slots: reading the answers of the agenda vendors."""
