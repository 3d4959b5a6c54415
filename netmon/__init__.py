"""netmon: the tool with which a county runs its own fibre network."""

__version__ = "0.1.0.dev0"
