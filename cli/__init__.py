"""The command-line door: `sas`."""
