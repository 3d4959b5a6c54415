"""`/probe?target=&module=`: one probe on demand, as blackbox_exporter does it, and only of what the inventory names.

A prober that knocks wherever it is told to is an open scanner, and reaches what the asker cannot. So a target is an
id of the inventory, or the address or URL of one; everything else is refused before a packet leaves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from netmon.errors import CannotError
from netmon.exporter.catalogue import PROBE
from netmon.exporter.prometheus.negotiate import PLAIN
from netmon.exporter.samples.writer import Column, Writer
from netmon.exporter.view import View
from netmon.model import Inventory
from netmon.probes.once import Module, Once, Target, find_target

Prober = Callable[[Target, float], Awaitable[Once]]

LONGEST = 10.0
"""Seconds for one probe where the scraper does not say when it stops waiting, and at most."""
OFFSET = 0.5
"""Seconds before the scraper's own deadline by which the answer is there."""
SHORTEST = 0.1
MOST_AT_ONCE = 64
HEADER = "x-prometheus-scrape-timeout-seconds"
METRICS = {metric.name: metric for metric in PROBE.metrics}


def probe_route(show: Callable[[], View], prober: Prober | None) -> Route:
    """Return the route; without a prober every probe is refused."""
    running = 0

    async def endpoint(request: Request) -> Response:
        nonlocal running
        target, debug = _asked(request, show().picture.inventory)
        seconds = time_to_answer(request.headers.get(HEADER))
        if prober is None:
            raise HTTPException(503, "nothing can be probed here")
        if request.method == "HEAD":
            return Response(media_type=PLAIN)
        if running >= MOST_AT_ONCE:
            raise HTTPException(503, "too many probes at once", {"retry-after": "1"})
        running += 1
        try:
            found = await prober(target, seconds)
        except CannotError as error:
            raise HTTPException(503, error.message) from None
        finally:
            running -= 1
        if debug:
            return PlainTextResponse(_in_words(target, found, seconds))
        return Response(Writer().write(_samples(found)), media_type=PLAIN)

    return Route("/probe", endpoint, methods=["GET"])


def time_to_answer(header: str | None) -> float:
    """Return the seconds for a probe, by what the scraper says of its own patience.

    Raises:
        HTTPException: 400, it is not a number of seconds.
    """
    if header is None:
        return LONGEST
    try:
        patience = float(header)
    except ValueError:
        patience = -1.0
    if not 0.0 < patience < 1e9:  # neither is so for NaN
        raise HTTPException(400, f"{HEADER} cannot be {header!r}; write seconds")
    return min(max(patience - OFFSET, min(patience / 2, SHORTEST)), LONGEST)


def _asked(request: Request, inventory: Inventory) -> tuple[Target, bool]:
    """Return the target that is asked for, and whether words are wanted.

    Raises:
        HTTPException: 400, with what would have been possible.
    """
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in ("target", "module", "debug"):
            raise HTTPException(400, f"unknown parameter {name!r}; possible here: target, module, debug")
        if name in given:
            raise HTTPException(400, f"{name} is given twice")
        given[name] = value
    module = given.get("module", Module.ICMP.value)
    if module not in tuple(Module):
        raise HTTPException(400, f"module cannot be {module!r}; one of {', '.join(Module)}")
    if given.get("debug", "false") not in ("true", "false"):
        raise HTTPException(400, f"debug cannot be {given['debug']!r}; true or false")
    if not given.get("target"):
        raise HTTPException(400, "target is missing: an id of the inventory, or the address or URL of one")
    target = find_target(inventory, Module(module), given["target"])
    if target is None:
        raise HTTPException(400, f"{given['target']!r} is not in the inventory, or {module} is not in force there")
    return target, given.get("debug") == "true"


def _samples(found: Once) -> Iterator[Column]:
    yield _one("probe_success", found.ok)
    yield _one("probe_duration_seconds", found.duration)
    if (pinged := found.pinged) is not None:
        yield _one("probe_icmp_packets_sent", pinged.sent)
        yield _one("probe_icmp_packets_received", pinged.received)
        rtt = {"rtt": pinged.rtt_mean, "rtt_min": pinged.rtt_min}
        yield _phases(
            "probe_icmp_duration_seconds", {name: value for name, value in rtt.items() if value is not None}
        )
    if found.uptime is not None:
        yield _one("probe_snmp_uptime_seconds", found.uptime)
    if (service := found.service) is not None:
        if "resolve" in service.phases:
            yield _one("probe_dns_lookup_time_seconds", service.phases["resolve"])
        if service.status is not None or service.chain:
            yield _one("probe_http_status_code", service.status or 0)
            yield _phases("probe_http_duration_seconds", dict(service.phases))
        if service.certificate_not_after is not None:
            yield _one("probe_ssl_earliest_cert_expiry", service.certificate_not_after)


def _one(name: str, value: float) -> Column:
    return Column(METRICS[name], ((),), [float(value)])


def _phases(name: str, seconds: dict[str, float]) -> Column:
    return Column(METRICS[name], [(phase,) for phase in seconds], list(seconds.values()))


def _in_words(target: Target, found: Once, seconds: float) -> str:
    name = target.service.id if target.service is not None else target.node.id if target.node is not None else ""
    lines = [
        f"module: {target.module}",
        f"target: {name}",
        f"time to answer: {seconds:.3f} s",
        f"success: {str(found.ok).lower()}",
        f"took: {found.duration:.3f} s",
        *([f"why: {found.detail}"] if found.detail else []),
        "",
        Writer().write(_samples(found)).decode(),
    ]
    return "\n".join(lines)
