"""How the lab is wired, and what its wires carry: routes, traffic, light. Pure."""
