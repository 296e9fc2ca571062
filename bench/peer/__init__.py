"""Two geocoders on one address base: how the base is made, the questions, the peer, the judge."""
