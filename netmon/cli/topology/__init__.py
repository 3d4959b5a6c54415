"""`netmon topology`: a file for each question."""
