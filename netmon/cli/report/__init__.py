"""`netmon report`: its pages, and the period that they are of."""
