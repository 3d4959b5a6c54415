"""What is measured and believed as columns of samples, and the writer that puts them into Prometheus' text."""
