"""`/api/v1/report/coverage`: the progress of the programme month by month, as `netmon report coverage` counts it."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.exporter.api.documents import Document, stamp
from netmon.exporter.api.routes import Json, Show, amount, chosen, one_of, only
from netmon.exporter.guard import drawing_policy
from netmon.exporter.page.refusal import Refusal
from netmon.exporter.view import View
from netmon.exporter.workshop import Workshop
from netmon.picture.words.phrases import Language
from netmon.report.pages import progress_svg
from netmon.report.period import back, month, month_of

MONTH: Final = "^20[0-9]{2}-(0[1-9]|1[0-2])$"
"""How a month is written."""
MOST_MONTHS: Final = 36
USUAL_MONTHS: Final = 12
ASKED: Mapping[str, Sequence[str]] = {"month": (), "months": ()}
"""The fields of a question."""
FORMATS = ("json", "svg")
LANGUAGES = tuple(Language)
FRESH: Final = 60.0
"""Seconds for which an answer will do for the next who asks the same: months move slowly."""
MOST: Final = 4
"""Answers that are kept."""
PATIENCE: Final = 5.0
"""Seconds that a question waits for the answer to another one."""


class Months(NamedTuple):
    """What is asked for: the last month, as `YYYY-MM`, how many up to it, and by the clock of which time zone."""

    last: str
    how_many: int
    zone: str


Count = Callable[[Months], Awaitable[Document | None]]
"""Returns the document of a report about months; None where nothing is known of any."""


class Counts:
    """Has months counted, one question at a time, and keeps the latest answers. Used from one event loop only."""

    def __init__(self, count: Count | None) -> None:
        self._count = count
        self._kept: OrderedDict[Months, tuple[float, Document]] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def of(self, view: View, months: Months) -> Document:
        """Return the report.

        Raises:
            Refusal: 404, nothing is known of these months; 503, others are being counted.
        """
        if self._count is None or not _may_be_known(view, months):
            raise Refusal(404, "nothing-of-months")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._one_at_a_time.acquire()
        except TimeoutError:
            raise Refusal(503, "another-count", headers={"retry-after": "10"}) from None
        try:
            return await self._counted(self._count, months)
        finally:
            self._one_at_a_time.release()

    async def _counted(self, count: Count, months: Months) -> Document:
        known = self._kept.get(months)
        if known is None or time.monotonic() - known[0] > FRESH:
            document = await count(months)
            if document is None:
                raise Refusal(404, "nothing-of-months")
            known = self._kept[months] = time.monotonic(), document
        self._kept.move_to_end(months)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return known[1]


def coverage_route(show: Show, workshop: Workshop, counts: Counts) -> Route:
    """Return the route."""

    async def endpoint(request: Request) -> Response:
        view = show()
        wanted = chosen(request, {**ASKED, "format": FORMATS, "lang": LANGUAGES})
        format_, language = one_of(wanted, "format", FORMATS), one_of(wanted, "lang", LANGUAGES)
        document = await counts.of(view, months_of(wanted, view))

        def made() -> Response:
            if format_ == "json":
                return Json({**stamp(view), **document})
            svg = progress_svg(document["rows"], language.value)
            return Response(svg, media_type="image/svg+xml", headers=drawing_policy(svg))

        return await workshop.make(request, made)

    return Route("/api/v1/report/coverage", endpoint, methods=["GET"])


def months_of(wanted: Mapping[str, set[str]], view: View) -> Months:
    """Return what is asked for by fields of `ASKED`: by default the twelve months up to now.

    Raises:
        Refusal: 400, it makes no sense.
    """
    zone = view.picture.inventory.timezone
    last = only(wanted, "month").strip() if "month" in wanted else month_of(view.picture.at, zone)
    if not re.match(MONTH, last):
        raise Refusal(400, "no-month", given=repr(last))
    count = amount(only(wanted, "months"), 1, MOST_MONTHS) if "months" in wanted else USUAL_MONTHS
    if count != int(count):
        raise Refusal(400, "no-number", given=repr(only(wanted, "months")), least=1, most=MOST_MONTHS)
    return Months(last, int(count), zone)


def _may_be_known(view: View, months: Months) -> bool:
    """Tell whether the ledger, which is older than the journal's entries may be, says anything of these months."""
    final = month(months.last, months.zone)
    begins = min((spans[0].start for spans in view.picture.ledger.values() if spans), default=view.picture.at)
    return back(final, months.how_many - 1).start <= view.picture.at and begins < final.end


def county_rows(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the rows of a report that are about all districts together, month by month."""
    return [row for row in document["rows"] if row["district"] is None]
