"""Words and numbers as the page writes them."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.model import Verdict

MEANING: Mapping[Verdict, str] = {
    Verdict.UP: "Everything that is probed here answers.",
    Verdict.DEGRADED: "It answers, but worse than it used to.",
    Verdict.DOWN: "It is dark because of a fault of its own.",
    Verdict.UNREACHABLE: "It is dark because of a fault elsewhere, or a fault that is still being found.",
    Verdict.UNKNOWN: "Nothing can be said: there is no data, or the monitor itself is cut off.",
    Verdict.MAINTENANCE: "Work is going on; nothing counts as an outage.",
    Verdict.UNSERVED: "It was never connected.",
}

NETWORKS: Mapping[str, tuple[str, str]] = {
    "lab": ("Lab.", "Packets go to a network of kernel namespaces on this machine, not to the county."),
    "simulated": ("Simulated.", "No packet leaves this machine; a simulation answers instead of the county."),
}
"""What is said above every page when packets do not go where one would think."""


def length_of_time(seconds: float) -> str:
    """Return a duration in its two largest units: `45 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`."""
    left = round(seconds)
    if left < 1:
        return "under 1 s"
    parts: list[str] = []
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {name}" if count else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part)


def percent(share: float) -> str:
    """Return a share of 1 in percent, never rounded to 0 or 100 unless it is."""
    value = 100 * share
    if value <= 0.0:
        return "0 %"
    if value >= 100.0:
        return "100 %"
    return f"{min(max(value, 0.001), 99.999):.3f} %".replace(".000 %", " %")


def milliseconds(seconds: float) -> str:
    """Return a round trip as people read it."""
    return f"{1000 * seconds:.3g} ms"
