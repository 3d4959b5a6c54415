"""Reports of a period, out of a journal."""
