"""The protocol with one wrong rule each, and who notices."""
