"""From staging to the tables in service: copy, difference, swap."""
