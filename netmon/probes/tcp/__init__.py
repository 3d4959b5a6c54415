"""Checks that something listens."""
