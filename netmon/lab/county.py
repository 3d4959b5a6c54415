"""The lab at work: takes faults, shows them on a network, and lets routes follow after the time routing takes."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from netmon.lab.services.clients import access_points
from netmon.lab.story.faults import LabFault, check_fault
from netmon.lab.story.state import LabState, Physical, apply_fault, is_usable, physical
from netmon.lab.wires import routes
from netmon.lab.wires.traffic import Direction, Meters, demands, flows
from netmon.model import Inventory


class Network(Protocol):
    """What the lab writes its state into: the kernel's network, or the simulated one."""

    agents: Mapping[str, socket.socket]

    def delivers(self, node: str) -> bool:
        """Return whether a request that reached a node's socket would have crossed the network, and its answer."""
        ...

    def set_carrier(self, link: str, *, up: bool) -> None:
        """Give a link carrier or take it."""
        ...

    def set_silent(self, node: str, *, silent: bool) -> None:
        """Let a node answer pings or not."""
        ...

    def send_trap(self, node: str, datagram: bytes) -> bool:
        """Send a datagram from a node's agent to the vantage; False when there is no way now."""
        ...

    def set_losses(self, link: str, from_node: str, ratio: float) -> None:
        """Drop a part of what `from_node` sends over a link."""
        ...

    def write_routes(self, changes: Iterable[routes.RouteChange]) -> None:
        """Write and remove routes."""
        ...

    def probe_socket(self, kind: str, family: socket.AddressFamily, at: str = "") -> socket.socket:
        """Open a probe socket at a node; empty: at the vantage."""
        ...

    def listen(self, node: str, port: int) -> socket.socket:
        """Open a listening TCP socket at a node."""
        ...


class County:
    """An inventory played on a network. `later(seconds, call)` runs a call once that time has passed.

    `changed` is when a link's carrier last changed; `restarts` what a node's view of a direction had counted (octets
    sent, octets lost) when the node last booted; `changes` grows whenever anything that agents report may differ.
    `epoch` is the Unix time at the zero of its clock: people come and go by the hour.
    """

    def __init__(
        self,
        inventory: Inventory,
        network: Network,
        *,
        convergence: float,
        later: Callable[[float, Callable[[], None]], object],
        monotonic: Callable[[], float],
        epoch: float = 0.0,
    ) -> None:
        """Take over a network that is built with all links up, and route it."""
        self.inventory = inventory
        self.epoch = epoch
        self.access_points = access_points(inventory)
        self.began = monotonic()
        self.state = LabState()
        self.shown = Physical()
        self.changed: dict[str, float] = {}
        self.restarts: dict[tuple[str, Direction], tuple[float, float]] = {}
        self.changes = 0
        self.forest: routes.Forest = {}
        self._network = network
        self._convergence = convergence
        self._later = later
        self._monotonic = monotonic
        self._graph = routes.graph_of(inventory)
        self._installed: routes.Routes = {}
        self._wanted = demands(inventory)
        self._converge(self.shown)
        self.undisturbed = self._rates()
        self.meters = Meters.since_long(self.undisturbed, self.began)

    def apply(self, faults: Iterable[LabFault]) -> None:
        """Put faults in force, all or none; routes follow after the convergence time.

        Raises:
            UsageError: a fault names something that is not in the inventory.
            CannotError: the network cannot show it.
        """
        faults = tuple(faults)
        at = self._monotonic()
        state = self.state
        for fault in faults:
            check_fault(self.inventory, fault)
        for fault in faults:
            state = apply_fault(self.inventory, state, fault, at)
        shown = physical(self.inventory, state)
        self._show(shown, at)
        for node, booted in state.booted.items():
            if self.state.booted.get(node) != booted:
                self._restart(node, at)
        self.state = state
        self._later(self._convergence, lambda: self._follow(shown))

    def _show(self, shown: Physical, at: float) -> None:
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
        self.changed |= dict.fromkeys(before.links_down ^ shown.links_down, at)
        self.shown = shown
        self._count_on(at)

    def _restart(self, node: str, at: float) -> None:
        """Remember where the counters of a node stood when it booted: it counts from there."""
        for link in self.inventory.links.values():
            if node in (link.a.node, link.b.node):
                for sender in (link.a.node, link.b.node):
                    direction = (link.id, sender)
                    counted = (self.meters.sent(direction, at), self.meters.lost(direction, at))
                    self.restarts[node, direction] = counted

    def _rates(self) -> dict[Direction, float]:
        return flows(self.inventory, self.forest, self._wanted, self.shown.links_down)

    def _count_on(self, at: float) -> None:
        self.meters = self.meters.carry_on(self._rates(), self.shown.losses, at)
        self.changes += 1

    def _follow(self, known: Physical) -> None:
        self._converge(known)
        self._count_on(self._monotonic())

    def _converge(self, known: Physical) -> None:
        """Route by what the routers have learnt (`known`), less the links that have gone down since."""

        def usable(link: str) -> bool:
            drawn = self.inventory.links[link]
            return link not in self.shown.links_down and is_usable(known, link, (drawn.a.node, drawn.b.node))

        self.forest = routes.shortest_forest(self._graph, self.inventory.vantage.node, usable)
        wanted = routes.routes_of(self.forest)
        self._network.write_routes(routes.route_changes(self._installed, wanted))
        self._installed = wanted
