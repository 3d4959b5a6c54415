"""The graph of the network and what can be computed from it; everything here is pure."""
