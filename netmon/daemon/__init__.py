"""Wiring only: load, start, run, drain."""
