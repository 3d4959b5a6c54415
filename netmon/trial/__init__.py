"""A trial: the daemon on the lab, faults played, and what netmon concluded held against the truth."""
