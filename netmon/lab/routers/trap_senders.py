"""Lets the lab's routers send their traps, from their own namespaces to the vantage."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from netmon.lab.county import County, Network
from netmon.lab.routers.trap_words import Moment, encode, words
from netmon.lab.routers.views import booted_at
from netmon.lab.wires.wiring import Wiring

_AGAIN = 0.1
_TRIES = 50
"""A router that has no way to the vantage keeps a trap for a while, until routing has found another."""


class TrapSenders:
    """Says what happened since it was last asked to follow."""

    def __init__(self, county: County, wiring: Wiring, network: Network, communities: Mapping[str, bytes]) -> None:
        self._county = county
        self._wiring = wiring
        self._network = network
        self._communities = communities
        self._loop = asyncio.get_running_loop()
        self._told = Moment(county.state, county.shown)
        self._number = 0

    def follow(self) -> None:
        """Send what there is to say about the change from what was told last to what is now."""
        now = Moment(self._county.state, self._county.shown)
        for word in words(self._county.inventory, self._wiring, self._told, now):
            self._number += 1
            uptime = self._loop.time() - booted_at(self._county, word.node)
            self._send(word.node, encode(word, self._communities[word.node], self._number, uptime), _TRIES)
        self._told = now

    def _send(self, node: str, datagram: bytes, tries: int) -> None:
        is_silent = node in self._county.shown.silent_nodes  # its power, or its mind, went meanwhile
        if tries and not is_silent and not self._network.send_trap(node, datagram):
            self._loop.call_later(_AGAIN, self._send, node, datagram, tries - 1)
