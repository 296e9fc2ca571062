"""Plumbing with no word of the domain: settings, errors, log, database."""
