"""One module per official file: `SOURCE`, `read`, `normalise`, `KEY`, and the `ROAD` to its tables."""
