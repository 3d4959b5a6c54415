"""The page for people: the county, its sites, their ledgers, as HTML that is complete without script."""
