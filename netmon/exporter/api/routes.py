"""`/api/v1`: the picture as JSON. Unknown filters and impossible values are refused, never ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from math import nan
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.exporter.adjacency import Adjacencies
from netmon.exporter.api import documents
from netmon.exporter.api.documents import Document
from netmon.exporter.api.drift_document import drift_document
from netmon.exporter.page.refusal import Refusal
from netmon.exporter.view import View
from netmon.exporter.workshop import Workshop
from netmon.model import Cause, ElementKind, LinkKind, Reach, ShareKind, SiteKind, Verdict
from netmon.picture.state import Picture
from netmon.recall.snapshot import digest
from netmon.topology.drift import DriftKind

T = TypeVar("T", bound=str)
Show = Callable[[], View]
Answer = Callable[[Request, View], Document]
FOR_THE_PAGE = frozenset({"lang", "page", "find", "only"})
"""What a page is asked beside its question: the language, and what of a long answer to show."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A list of the API. `filters` names the fields it can be filtered by and their values; empty means any text."""

    name: str
    rows: Callable[[Picture], list[Document]]
    filters: Mapping[str, Sequence[str]]
    row: Callable[[str, Picture], Document | None]
    singular: str


def _site(name: str, picture: Picture) -> Document | None:
    site = picture.inventory.sites.get(name)
    return None if site is None else documents.site_detail(site, picture)


def _node(name: str, picture: Picture) -> Document | None:
    node = picture.inventory.nodes.get(name)
    return None if node is None else documents.node_row(node, picture)


def _link(name: str, picture: Picture) -> Document | None:
    link = picture.inventory.links.get(name)
    return None if link is None else documents.link_detail(link, picture)


def _incident(name: str, picture: Picture) -> Document | None:
    incident = picture.incident(name)
    return None if incident is None else documents.incident_row(incident, picture.inventory, picture.at)


def _open_incident(name: str, picture: Picture) -> Document | None:
    return next((row for row in documents.fault_rows(picture) if row["id"] == name), None)


def _service_fault(name: str, picture: Picture) -> Document | None:
    return next((row for row in documents.service_fault_rows(picture) if row["id"] == name), None)


COLLECTIONS = (
    Collection(
        "sites",
        documents.site_rows,
        {"verdict": tuple(Verdict), "kind": tuple(SiteKind), "district": (), "fault": ()},
        _site,
        "site",
    ),
    Collection(
        "nodes",
        documents.node_rows,
        {"verdict": tuple(Verdict), "reach": tuple(Reach), "site": (), "role": (), "fault": ()},
        _node,
        "node",
    ),
    Collection(
        "links",
        documents.link_rows,
        {"state": tuple(Reach), "kind": tuple(LinkKind), "supplier": (), "verdict": tuple(Verdict)},
        _link,
        "link",
    ),
    Collection(
        "faults", documents.fault_rows, {"cause": tuple(Cause), "kind": tuple(ElementKind)}, _open_incident, "fault"
    ),
    Collection(
        "incidents",
        documents.incident_rows,
        {"state": ("open", "closed"), "cause": tuple(Cause), "kind": tuple(ElementKind)},
        _incident,
        "incident",
    ),
    Collection(
        "service_faults", documents.service_fault_rows, {"kind": tuple(ShareKind)}, _service_fault, "service_fault"
    ),
)


class Json(Response):
    """A JSON answer with `schema_version`."""

    media_type = "application/json"

    def render(self, content: Document) -> bytes:
        """Return the body."""
        return documents.encode(content)


def api_routes(show: Show, workshop: Workshop) -> list[Route]:
    """Return the routes of the API over what `show` shows."""
    routes = [
        answer_route("/api/v1/picture", show, workshop, _picture),
        answer_route("/api/v1/summary", show, workshop, _summary),
        answer_route("/api/v1/digests", show, workshop, _digests),
        answer_route("/api/v1/drift", show, workshop, _drift(Adjacencies())),
    ]
    for collection in COLLECTIONS:
        routes.append(answer_route(f"/api/v1/{collection.name}", show, workshop, _lister(collection)))
        routes.append(answer_route(f"/api/v1/{collection.name}/{{id}}", show, workshop, _finder(collection)))
    return routes


def answer_route(path: str, show: Show, workshop: Workshop, answer: Answer) -> Route:
    """Return a route that answers with a document of the view of now, made in a worker thread."""

    async def endpoint(request: Request) -> Response:
        view = show()  # on the event loop, where the probers write what it reads
        return await workshop.make(request, lambda: Json({**documents.stamp(view), **answer(request, view)}))

    return Route(path, endpoint, methods=["GET"])


def _picture(request: Request, view: View) -> Document:
    chosen(request, {})
    return documents.picture_document(view)


def _summary(request: Request, view: View) -> Document:
    chosen(request, {})
    return documents.summary_document(view)


def _digests(request: Request, view: View) -> Document:
    chosen(request, {})
    last = view.written or view.picture
    shown = (*(one for one in view.milestones if one.position != last.position), last)
    return {"digests": [{"position": one.position, "digest": digest(one)} for one in shown]}


def _drift(adjacencies: Adjacencies) -> Answer:
    def answer(request: Request, view: View) -> Document:
        wanted = chosen(request, {"kind": tuple(DriftKind)})
        document = drift_document(adjacencies.of(view.picture))
        kinds = wanted.get("kind", DriftKind)
        return {**document, "drift": [row for row in document["drift"] if row["kind"] in kinds]}

    return answer


def _lister(collection: Collection) -> Answer:
    def answer(request: Request, view: View) -> Document:
        wanted = chosen(request, collection.filters)
        rows = collection.rows(view.picture)
        return {
            collection.name: [
                row for row in rows if all(row[field] in values for field, values in wanted.items())
            ],
        }  # fmt: skip

    return answer


def _finder(collection: Collection) -> Answer:
    def answer(request: Request, view: View) -> Document:
        chosen(request, {})
        name = request.path_params["id"]
        row = collection.row(name, view.picture)
        if row is None:
            raise HTTPException(404, f"there is no {collection.singular} {name!r}")
        return {collection.singular: row}

    return answer


def chosen(request: Request, filters: Mapping[str, Sequence[str]], *, of_form: bool = False) -> dict[str, set[str]]:
    """Return the wanted values of each field that the request filters by.

    Of a form on a page (`of_form`), what is left empty is not asked, and what `FOR_THE_PAGE` is not looked at.

    Raises:
        Refusal: 400, with what would have been possible.
    """
    wanted: dict[str, set[str]] = {}
    for field, given in request.query_params.multi_items():
        value = given.strip() if of_form else given
        if of_form and (field in FOR_THE_PAGE or not value):
            continue
        if field not in filters:
            key = "unknown-filter" if filters else "unknown-filter-none"
            raise Refusal(400, key, field=repr(field), known=", ".join(filters))
        if filters[field] and value not in filters[field]:
            raise Refusal(400, "impossible", field=field, given=repr(value), possible=", ".join(filters[field]))
        wanted.setdefault(field, set()).add(value)
    return wanted


def only(wanted: Mapping[str, set[str]], field: str) -> str:
    """Return the one value of a field.

    Raises:
        Refusal: 400, it has none, or several.
    """
    values = wanted.get(field, set())
    if len(values) != 1:
        raise Refusal(400, "given-twice" if values else "not-given", field=field)
    return next(iter(values))


def one_of(wanted: Mapping[str, set[str]], field: str, values: Sequence[T]) -> T:
    """Return which of a field's values is wanted, by default the first.

    Raises:
        Refusal: 400, several are.
    """
    return next(value for value in values if value == only(wanted, field)) if field in wanted else values[0]


def amount(text: str, least: float, most: float) -> float:
    """Return a number between bounds.

    Raises:
        Refusal: 400, it is none.
    """
    try:
        value = float(text) if text.isascii() and "_" not in text and text.strip() == text else nan
    except ValueError:
        value = nan
    if not least <= value <= most:
        raise Refusal(400, "no-number", given=repr(text), least=f"{least:g}", most=f"{most:g}")
    return value


def moment(field: str, text: str, zone: tzinfo = UTC) -> datetime:
    """Return a moment in RFC 3339; one without a zone is of `zone`.

    Raises:
        Refusal: 400, it is none.
    """
    try:
        when = datetime.fromisoformat(text.replace(" ", "+"))  # an unquoted + arrives as a space
    except ValueError:
        raise Refusal(400, "no-moment", field=field, given=repr(text)) from None
    return when if when.tzinfo else when.replace(tzinfo=zone)
