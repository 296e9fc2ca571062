"""An invented France, written in the official file formats."""
