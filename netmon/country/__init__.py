"""Many regions as one: what each says of itself, put together."""
