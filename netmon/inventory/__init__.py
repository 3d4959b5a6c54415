"""The inventory: YAML in, one frozen, cross-checked `Inventory` out."""
