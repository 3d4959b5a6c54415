"""Traceroute."""
