"""ICMP echo for all targets at once: columns and batches instead of a task per target.

The bottom is one socket per address family moved by `sendmmsg` and `recvmmsg` (`batch`, `channel`); above it the
requests in flight (`inflight`) and the engine that joins both (`engine`); above that the schedule (`wheel`, `bursts`,
`budget`) and the prober, which turns what the belief concludes into events.
"""
