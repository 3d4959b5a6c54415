"""The few lines of systemd's notification protocol that a Type=notify service needs (sd_notify(3))."""

from __future__ import annotations

import os
import socket
import time


def notify(message: str) -> bool:
    """Send one notification; return False when systemd did not start us or does not listen."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return False
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        try:
            channel.sendto(message.encode(), address)
        except OSError:
            return False
    return True


def ready(status: str) -> bool:
    """Say that the service is up."""
    return notify(f"READY=1\nSTATUS={status}")


def reloading() -> bool:
    """Say that a reload began; `ready` ends it. MONOTONIC_USEC is part of the protocol since systemd 253."""
    return notify(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")


def stopping() -> bool:
    """Say that the service is going down."""
    return notify("STOPPING=1")


def alive() -> bool:
    """Feed the watchdog; called when probing has made progress, not by a timer alone."""
    return notify("WATCHDOG=1")
