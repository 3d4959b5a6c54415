"""Belief: from replies and misses to verdicts of reach and quality, each against the line's own history. Pure."""
