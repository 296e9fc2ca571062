"""The web pages: templates, style, scripts, and the files served with them."""
