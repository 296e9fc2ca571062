"""Does a vendor's server do what the guide asks? Requirement by requirement, with evidence."""
