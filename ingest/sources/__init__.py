"""One module per official file: `SOURCE`, `read`, `normalise`, `KEY`, and the `ROAD` that carries it to
its tables.
"""
