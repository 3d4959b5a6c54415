"""Pictures of any moment out of a journal: the nearest checkpoint, and what follows folded onto it."""
