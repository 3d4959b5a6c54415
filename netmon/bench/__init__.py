"""Figures that anyone can print again: each bench runs beside a peer in the same run."""
