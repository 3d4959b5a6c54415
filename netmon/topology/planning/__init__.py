"""What to build next: candidate spans, joining sites at least cost, and making joined ones survive."""
