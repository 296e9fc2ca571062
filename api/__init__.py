"""The HTTP door: wires the rooms together, opens transactions, translates errors."""
