"""Reports: what a segment of the journal comes to, for a month or any other period."""
