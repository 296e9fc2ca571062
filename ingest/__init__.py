"""The one road of the official files: read, normalise, match, geocode, load."""
