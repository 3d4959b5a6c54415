"""No English is left on the Indonesian pages, whatever state they show: every word is netmon's own or a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html.parser import HTMLParser

from netmon import __version__
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.page.phrases import PAGE
from netmon.exporter.view import View
from netmon.model import Inventory, Verdict
from netmon.picture.words.blackspot_phrases import BLACK_SPOTS
from netmon.picture.words.diagnosis_phrases import DIAGNOSIS
from netmon.picture.words.fault_phrases import FAULT_PHRASES
from netmon.picture.words.kinds import LINES, ROLES, SAID, SERVICES
from netmon.picture.words.phrases import PHRASES, Language, Phrase
from netmon.picture.words.readiness import NOT_READY
from netmon.picture.words.reasons import MORE, REASONS
from netmon.picture.words.service_phrases import FAILURES, SERVICE_PHRASES
from netmon.topology.drawing.words import WORDS
from tests.in_process import AppClient
from tests.unit.exporter.county import counted_here
from tests.unit.exporter.planned import planned_here
from tests.unit.exporter.troubles import every_page

TABLES: tuple[Mapping[str, Phrase], ...] = (
    PAGE, FAULT_PHRASES, PHRASES, REASONS, DIAGNOSIS, NOT_READY, SERVICE_PHRASES, FAILURES, ROLES, LINES, SERVICES,
    SAID, BLACK_SPOTS, {"more": MORE}, {key: Phrase(*words) for key, words in WORDS.items()},
)  # fmt: skip
OWN = frozenset(
    {
        "netmon",
        "api",
        "english",
        "indonesia",
        "ms",
        "km",
        "en",
        "id",
        "db",
        "json",
        "geojson",
        "svg",
        "dot",
        "graphml",
    }
)
"""Words that stand on every page and belong to no language, or to both."""
ERRORS = {
    "/sites/nobody": 404,
    "/sites?verdict=dark": 400,
    "/sites?district=nobody": 404,
    "/nope": 404,
    "/?lang=xx": 400,
}
BROWSER = {"accept": "text/html,*/*;q=0.8", "accept-language": "id"}


class Seen(HTMLParser):
    """Collects all that a reader sees of a page or hears of it, but for commands to be typed as they are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.is_typed = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_typed = tag == "pre"
        told = {"title", "aria-label", "placeholder", "alt", "data-live-word", "data-lost-word"}
        self.texts += [value or "" for name, value in attrs if name in told]

    def handle_endtag(self, _tag: str) -> None:
        self.is_typed = False

    def handle_data(self, data: str) -> None:
        self.texts += [] if self.is_typed else [data]


def words(texts: Iterable[str]) -> set[str]:
    return {word.lower() for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)}


@cache
def indonesian() -> frozenset[str]:
    """Return every word of netmon's own in Indonesian; names of values in braces are none."""
    said = (re.sub(r"\{\w+\}", " ", phrase.id) for table in TABLES for phrase in table.values())
    return frozenset(words(said)) | OWN


def names(drawn: Inventory) -> Iterator[str]:
    """Yield all that people called something in a drawing, and what they may ask for."""
    yield from ("nobody", "dark", "nope", "xx", "jenu-2", "gone", "198.18.9.9", "desa.test", "verdict", "lang")
    yield from (", ".join(Verdict), ", ".join(Language), __version__, drawn.region, drawn.timezone)
    yield from (site.name for site in drawn.sites.values())
    yield from (cable.name for cable in drawn.cables.values())
    for table in (drawn.sites, drawn.nodes, drawn.links, drawn.cables, drawn.services):
        yield from table
    for link in drawn.links.values():
        yield from (str(end.port) for end in (link.a, link.b) if end.port is not None)


def leftovers(text: str, drawn: Inventory) -> set[str]:
    """Return the words of a page that are neither Indonesian nor names."""
    known = sorted(set(names(drawn)), key=len, reverse=True)
    named = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, known)) + r"|[FSW]\d+)(?![\w-])", re.IGNORECASE)
    pieces = set(re.findall(r"(?s)<pre\b.*?</pre>|<[^<>]*>|[^<]+", text))
    return {word for piece in pieces for one in seen(piece) for word in unnamed(named, one)} - indonesian()


@cache
def seen(piece: str) -> tuple[str, ...]:
    """Return what is seen of a tag, or of the text between two; pages have most of theirs in common."""
    return tuple(Seen(piece).texts)


@cache
def unnamed(named: re.Pattern[str], text: str) -> frozenset[str]:
    """Return the words of a text without the names."""
    return frozenset(words([named.sub(" ", text)]))


def client_of(shown: View) -> AppClient:
    return AppClient(create_app(lambda: shown, ChangeFeed()), headers=BROWSER)


def test_no_english_is_left_in_any_state() -> None:
    found: dict[str, set[str]] = {}
    shown, _ = next(every_page())
    app = create_app(lambda: shown, ChangeFeed(), plan=planned_here, count=counted_here)
    client = AppClient(app, headers=BROWSER)
    for number, (shown, paths) in enumerate(every_page()):
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200
            if left := leftovers(answer.text, shown.picture.inventory):
                found[f"{path} of view {number}"] = left
    assert found == {}


def test_no_english_is_left_in_drawings() -> None:
    shown, _ = next(every_page())
    client = AppClient(create_app(lambda: shown, ChangeFeed(), plan=planned_here), headers=BROWSER)
    for path in ("topology/draw?live=true", "topology/draw?form=schematic&live=true", "plan?format=svg"):
        for language in ("", "&lang=id"):
            text = client.get(f"/api/v1/{path}{language}").text
            svg = re.sub(r"(?s)<style>.*?</style>|(?<=>)[^<>]*…[^<>]*", "", text)  # what is cut short is a name
            assert (leftovers(svg, shown.picture.inventory) == set()) == bool(language), path


def test_pages_that_cannot_be_shown_say_so_in_the_readers_language() -> None:
    shown, _ = next(every_page())
    client = client_of(shown)
    for path, status in ERRORS.items():
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-language"]) == (status, "id")
        assert answer.headers["content-type"].startswith("text/html")
        assert leftovers(answer.text, shown.picture.inventory) == set(), path
        assert client.get(path, headers={"accept": "*/*"}).headers["content-type"].startswith("text/plain")


def test_english_would_be_found() -> None:
    """The test above can fail: the same page in English is full of what it looks for."""
    shown, _ = next(every_page())
    page = client_of(shown).get("/?lang=en").text
    assert {"nothing", "wrong", "districts", "reachable", "unreachable"} & leftovers(page, shown.picture.inventory)
