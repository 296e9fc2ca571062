"""One module per resource; each has `router`, included by name in `api.app`."""
