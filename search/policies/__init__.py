"""Published ranking policies, one versioned file each; read by `search.rank`."""
