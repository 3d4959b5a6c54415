"""`netmon probe`: a file for each kind of probe."""
