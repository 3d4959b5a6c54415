"""Several probers on one journal: who probes what, who is there, and what waits to be told. Pure."""
