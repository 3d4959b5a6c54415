"""The ledger of lines: what each line did, whoever else carried the site meanwhile."""

from __future__ import annotations

import re
from dataclasses import replace

from netmon.events import (
    Coverage,
    MaintenanceScheduled,
    NodeDown,
    NodeUp,
    PortState,
    ProbingGap,
    ProbingStarted,
)
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.api.documents import link_detail, link_row, site_detail, site_rows
from netmon.exporter.app import create_app
from netmon.exporter.view import DaemonStatus, View
from netmon.model import Reach, Verdict
from netmon.picture.ledger import Span, buckets
from netmon.picture.line_ledger import kept_lines, ledger_lines
from netmon.picture.words.facts import say
from netmon.picture.words.phrases import Language
from netmon.picture.words.why import why
from netmon.recall.snapshot import freeze, thaw
from tests.in_process import AppClient
from tests.unit.picture.service_story import Story
from tests.unit.picture.two_lines import cut, lit, two_lines


def spans(story: Story, line: str) -> list[tuple[float, Verdict, bool]]:
    return [(one.start, one.verdict, one.incident is not None) for one in story.now.line_ledger[line]]


def mend(story: Story, at: float, pop: str, port: str) -> None:
    story.say(at, PortState(at, pop, "p1", up=True), PortState(at, "desa", port, up=True))
    story.say(at + 10.0)


def test_each_line_has_its_own_outages_while_the_other_carries_the_village() -> None:
    story = lit(two_lines())
    cut(story, 100.0, "pop-a", "wan1")
    mend(story, 400.0, "pop-a", "wan1")
    cut(story, 1000.0, "pop-b", "wan2")
    story.say(2000.0)
    assert [found.verdict for found in story.now.site_findings.values()] == [Verdict.UP] * 4
    assert spans(story, "main") == [
        (0.0, Verdict.UNKNOWN, False),
        (10.0, Verdict.UP, False),
        (100.0, Verdict.DOWN, True),
        (400.0, Verdict.UP, False),
    ]
    main, backup = (buckets(story.now.line_ledger[name], 0.0, 2000.0) for name in ("main", "backup"))
    assert (main[Verdict.DOWN], main[Verdict.UP], main[Verdict.UNKNOWN]) == (300.0, 1690.0, 10.0)
    assert (backup[Verdict.DOWN], backup[Verdict.UP], backup[Verdict.UNKNOWN]) == (1000.0, 990.0, 10.0)


def test_of_the_line_of_a_village_that_is_dark_for_another_reason_nothing_is_known() -> None:
    drawn = two_lines()
    plain = {name: replace(link, a=link.a._replace(port=None)) for name, link in drawn.links.items()}
    story = lit(replace(drawn, links=plain))  # the village alone says what its ports do
    assert spans(story, "main")[-1] == (10.0, Verdict.UP, False)
    story.say(500.0, NodeDown(500.0, "desa", 498.0))
    story.say(520.0, Coverage(520.0, "p", 520.0))
    assert spans(story, "main")[-1] == (498.0, Verdict.UNKNOWN, False)
    story.say(600.0, NodeUp(600.0, "desa", 599.0))
    assert spans(story, "main")[-1] == (599.0, Verdict.UP, False)


def test_while_probing_was_not_alive_nothing_is_known_of_any_line() -> None:
    story = lit(two_lines())
    story.say(300.0, ProbingGap(300.0, "p", 200.0, "suspend"))
    story.say(305.0, *(NodeUp(305.0, name, 305.0) for name in story.inventory.nodes))
    story.say(310.0, PortState(310.0, "pop-a", "p1", up=True, asked=308.0))
    assert spans(story, "main")[-2:] == [(200.0, Verdict.UNKNOWN, False), (308.0, Verdict.UP, False)]
    story.say(400.0, ProbingStarted(400.0, "p"))
    assert spans(story, "main")[-1][1] is Verdict.UNKNOWN


def test_announced_work_on_a_line_is_no_outage_of_it() -> None:
    story = lit(two_lines())
    story.say(50.0, MaintenanceScheduled(50.0, "w1", "link:main", 90.0, 300.0, "ani"))
    cut(story, 100.0, "pop-a", "wan1")
    story.say(300.5)
    story.say(400.0)
    assert [one[:2] for one in spans(story, "main")[-2:]] == [(100.0, Verdict.MAINTENANCE), (300.5, Verdict.DOWN)]


def test_a_picture_from_a_checkpoint_goes_on_with_the_same_ledger() -> None:
    story = lit(two_lines())
    cut(story, 100.0, "pop-a", "wan1")
    thawed = thaw(freeze(story.now), lambda _: story.inventory)
    assert thawed.line_ledger == story.now.line_ledger
    story.picture = thawed
    mend(story, 400.0, "pop-a", "wan1")
    assert spans(story, "main")[-1] == (400.0, Verdict.UP, False)


def test_lines_of_suppliers_and_those_beside_a_spare_one_are_kept() -> None:
    drawn = two_lines()
    assert kept_lines(drawn) == {"main", "backup", "nb"}
    nobody = {name: replace(link, supplier=None, spare=False) for name, link in drawn.links.items()}
    story = Story(replace(drawn, links=nobody))
    assert story.now.line_ledger == {}
    assert ledger_lines("desa", story.now) == ()


def test_a_line_is_written_with_its_supplier_in_the_api_and_in_words() -> None:
    story = lit(two_lines())
    cut(story, 100.0, "pop-a", "wan1")
    rows = {link.id: link_row(link, story.now, Reach.UNKNOWN) for link in story.inventory.links.values()}
    assert (rows["main"]["spare"], rows["backup"]["spare"]) == (False, True)
    assert (rows["main"]["verdict"], rows["main"]["since"]) == (Verdict.DOWN, "1970-01-01T00:01:40.000Z")
    assert (rows["na"]["verdict"], rows["na"]["since"]) == (None, None)
    (outage,) = link_detail(story.inventory.links["main"], story.now)["outages"]
    assert (outage["end"], outage["dark_seconds"]) == (None, 10.0)
    assert {row["id"] for row in site_rows(story.now) if row["on_spare"]} == {"desa"}
    assert site_detail(story.inventory.sites["desa"], story.now)["on_spare"] is True
    lines = site_detail(story.inventory.sites["desa"], story.now)["lines"]
    assert [(line["id"], len(line["outages"])) for line in lines] == [("main", 1), ("backup", 0)]
    facts = why(story.now, story.inventory.sites["desa"]).because
    said = [say(fact, story.inventory, Language.ENGLISH, story.now.at) for fact in facts]
    assert any(line.startswith("Its line main (icon) is down since") for line in said)
    assert any(line.startswith("Its line backup (telkom) works since") for line in said)


def test_what_is_written_is_never_rewritten() -> None:
    story = lit(two_lines())
    cut(story, 100.0, "pop-a", "wan1")
    known = story.now.line_ledger["main"]
    mend(story, 90.0, "pop-a", "wan1")  # a word from before, told late
    assert story.now.line_ledger["main"][: len(known) - 1] == known[:-1]
    starts = [span.start for span in story.now.line_ledger["main"]]
    assert starts == sorted(starts)
    assert isinstance(known[-1], Span)


def test_the_page_of_the_village_shows_each_line_with_its_supplier_and_its_outages() -> None:
    story = lit(two_lines())
    cut(story, 100.0, "pop-a", "wan1")
    app = create_app(lambda: View(story.now, DaemonStatus(0.0)), ChangeFeed())
    page = AppClient(app).get("/sites/desa?lang=en").text
    rows = re.findall(r'<tr><th scope="row">(main|backup)</th>.*?</tr>', page, re.DOTALL)
    assert rows == ["main", "backup"]
    section = page[page.index('id="lines"') :]
    assert all(word in section for word in ("icon", "telkom", "spare", "10 s"))
    assert 'id="lines"' not in AppClient(app).get("/sites/noc?lang=en").text
