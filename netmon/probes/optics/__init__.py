"""The health of optical lines: what is usual of their light, and whether it steps, drifts or nears a limit. Pure."""
