"""Checks of websites."""
