"""Text of official files to the values we keep: polars expressions, one small module per kind of value."""
