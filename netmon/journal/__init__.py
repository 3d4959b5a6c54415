"""The journal: an append-only log of events, the only truth netmon keeps."""
