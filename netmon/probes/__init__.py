"""The probe daemon's left half: packets in, events and measurements out. One protocol per room or file."""
