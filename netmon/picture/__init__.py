"""The fold: events in, the picture out. Pure; replay gives the same picture every time."""
