"""The invented France of the demonstration: seeded files in the official formats, read like real ones.

Real facts (communes, populations, postal codes, some coordinates, outlines) come from packages that the
set-up installs. Streets, structures and people are invented, and look so.
"""
