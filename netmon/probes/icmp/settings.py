"""What can be set about pinging; the defaults are those of docs/adr/0005-icmp-engine.md."""

from __future__ import annotations

from dataclasses import dataclass, field

from netmon.probes.belief.reach import BeliefSettings


@dataclass(frozen=True, slots=True)
class IcmpSettings:
    """Times are seconds, rates packets per second, buffers bytes as asked of the kernel.

    A reply later than `late_after` is counted and not believed. `rate_limit` bounds the whole engine and
    `prefix_rate_limit` each /24 (IPv6: /64). `tick_max` is the longest sleep while a reply may come, `tick_burst`
    while a target is suspect, and `batch` how many requests leave back to back. `gap_after` is the silence of the
    prober itself after which its knowledge is void. A socket, and with it the identity that the network sees, lives
    for `identity_lifetime`. A target that was just called down is probed at the pace of a burst for `vigil` more: a
    short blackout, or a rash word, is mended at once.
    """

    late_after: float = 2.0
    rate_limit: float = 150_000.0
    prefix_rate_limit: float = 2_000.0
    tick_min: float = 0.005
    tick_burst: float = 0.02
    tick_max: float = 0.15
    batch: int = 4096
    burst_gap: float = 0.15
    vigil: float = 5.0
    gap_after: float = 2.0
    receive_buffer: int = 32 << 20
    send_buffer: int = 4 << 20
    identity_lifetime: float = 3600.0
    belief: BeliefSettings = field(default_factory=BeliefSettings)
