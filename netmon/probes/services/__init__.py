"""Checks of services: when, where from, how many at once, and what came of each."""
