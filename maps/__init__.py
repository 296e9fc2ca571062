"""What is drawn: generated maps and web pages."""
