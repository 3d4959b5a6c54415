"""The wiring, as far as it decides anything."""
