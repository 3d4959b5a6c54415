"""What the Prometheus family asks for: scrapes, probes on demand, lists of targets, runbooks."""
