"""Services as facts, to be said in either language: what one does, and what many share that fail together."""

from __future__ import annotations

from netmon.model import Element, ElementKind, ShareKind, Verdict
from netmon.picture.state import Picture, ServiceFault, ServiceState
from netmon.picture.words.fact import Fact, Value

_UNSEEN = ServiceState()


def service_fact(name: str, picture: Picture) -> Fact:
    """Return what is said of one service of the drawing."""
    service, state = picture.inventory.services[name], picture.services.get(name, _UNSEEN)
    finding = picture.service_findings.get(name)
    values: dict[str, Value] = {"service": name, "kind": service.kind}
    if state.up is not False or finding is None:
        return Fact("service-answers" if state.up else "service-unknown", values)
    values |= {"since": state.since, "failure": state.reason}
    if finding.fault is None:
        return Fact("service-asking", values, state.since)
    values["fault"] = finding.fault
    fault = next((one for one in picture.service_faults if one.id == finding.fault), None)
    if fault is None:
        return Fact("service-by-network", values, state.since)
    if finding.verdict is Verdict.DOWN:
        return Fact("service-own", values, state.since)
    return Fact(f"service-by-{fault.kind}", values | _shared(fault) | {"count": len(fault.services) - 1}, state.since)


def fault_fact(fault: ServiceFault, picture: Picture) -> Fact:
    """Return what is said of one fault of services."""
    reasons = [picture.services[name].reason for name in fault.services if name in picture.services]
    values: dict[str, Value] = {
        **_shared(fault),
        "count": len(fault.services),
        "since": fault.opened,
        "failure": max(sorted(set(reasons)), key=reasons.count, default=""),
    }
    return Fact(f"fault-of-{fault.kind}", values, fault.opened)


def _shared(fault: ServiceFault) -> dict[str, Value]:
    if fault.kind is ShareKind.NODE:
        return {"element": Element(ElementKind.NODE, fault.element)}
    return {"thing": fault.element}
