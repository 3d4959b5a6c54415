"""Tests of what a line can carry, with iperf3."""
