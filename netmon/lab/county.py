"""The lab at work: takes faults, shows them on a network, and lets routes follow after the time routing takes."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from netmon.lab import routes
from netmon.lab.faults import LabFault, check_fault
from netmon.lab.state import LabState, Physical, apply_fault, is_usable, physical
from netmon.model import Inventory


class Network(Protocol):
    """What the lab writes its state into: the kernel's network, or the simulated one."""

    agents: Mapping[str, socket.socket]

    def set_carrier(self, link: str, *, up: bool) -> None:
        """Give a link carrier or take it."""
        ...

    def set_silent(self, node: str, *, silent: bool) -> None:
        """Let a node answer pings or not."""
        ...

    def set_losses(self, link: str, from_node: str, ratio: float) -> None:
        """Drop a part of what `from_node` sends over a link."""
        ...

    def write_routes(self, changes: Iterable[routes.RouteChange]) -> None:
        """Write and remove routes."""
        ...

    def probe_socket(self, kind: str, family: socket.AddressFamily) -> socket.socket:
        """Open a probe socket at the vantage."""
        ...

    def listen(self, node: str, port: int) -> socket.socket:
        """Open a listening TCP socket at a node."""
        ...


class County:
    """An inventory played on a network. `later(seconds, call)` runs a call once that time has passed."""

    def __init__(
        self,
        inventory: Inventory,
        network: Network,
        *,
        convergence: float,
        later: Callable[[float, Callable[[], None]], object],
        monotonic: Callable[[], float],
    ) -> None:
        """Take over a network that is built with all links up, and route it."""
        self.inventory = inventory
        self.state = LabState()
        self.shown = Physical()
        self.forest: routes.Forest = {}
        self._network = network
        self._convergence = convergence
        self._later = later
        self._monotonic = monotonic
        self._graph = routes.graph_of(inventory)
        self._installed: routes.Routes = {}
        self._converge(self.shown)

    def apply(self, faults: Iterable[LabFault]) -> None:
        """Put faults in force, all or none; routes follow after the convergence time.

        Raises:
            UsageError: a fault names something that is not in the inventory.
            CannotError: the network cannot show it.
        """
        faults = tuple(faults)
        state = self.state
        for fault in faults:
            check_fault(self.inventory, fault)
        for fault in faults:
            state = apply_fault(self.inventory, state, fault, self._monotonic())
        shown = physical(self.inventory, state)
        self._show(shown)
        self.state = state
        self._later(self._convergence, lambda: self._converge(shown))

    def _show(self, shown: Physical) -> None:
        before = self.shown
        for key in before.losses.keys() | shown.losses.keys():
            ratio = shown.losses.get(key, 0.0)
            if before.losses.get(key, 0.0) != ratio:
                self._network.set_losses(*key, ratio)
        for link in shown.links_down - before.links_down:
            self._network.set_carrier(link, up=False)
        for link in before.links_down - shown.links_down:
            self._network.set_carrier(link, up=True)
        for node in before.silent_nodes ^ shown.silent_nodes:
            self._network.set_silent(node, silent=node in shown.silent_nodes)
        self._installed = routes.without_links(self._installed, shown.links_down)
        self.shown = shown

    def _converge(self, known: Physical) -> None:
        """Route by what the routers have learnt (`known`), less the links that have gone down since."""

        def usable(link: str) -> bool:
            drawn = self.inventory.links[link]
            return link not in self.shown.links_down and is_usable(known, link, (drawn.a.node, drawn.b.node))

        self.forest = routes.shortest_forest(self._graph, self.inventory.vantage.node, usable)
        wanted = routes.routes_of(self.forest)
        self._network.write_routes(routes.route_changes(self._installed, wanted))
        self._installed = wanted
