"""The county as an SVG map, from the same inventory always the same sheet."""
