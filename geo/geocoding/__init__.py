"""French addresses to positions and back: one grammar, one index, two jobs (batch and interactive)."""
