"""The journal in a file of SQLite, and what can be done when that is damaged."""
