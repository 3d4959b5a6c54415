"""Pictures of any moment, out of a journal."""
