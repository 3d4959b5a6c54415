"""What polls prove, as events and measurements: ports, light, power, neighbours, sessions. On change only; pure."""
