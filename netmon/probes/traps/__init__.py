"""Traps: what routers say of themselves without being asked. A trap is a hint to look, never a verdict."""
