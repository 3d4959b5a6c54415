"""What engineers ask of a drawing, as they type it: findings, pipes, files, and JSON that fits its schema."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft7Validator

from netmon.cli.main import cli
from netmon.clock import rfc3339
from netmon.errors import CannotError, ConfigError, UsageError
from netmon.exporter.api.plan_route import AMOUNTS
from netmon.exporter.plan_process import plan_apart
from netmon.inventory.load import load_inventory
from netmon.journal.sqlite.journal import SqliteJournal
from tests.e2e.chromium import Page
from tests.e2e.terminal import NETMON, TOP
from tests.scenarios import BEGIN, Player
from tests.small_counties import RING

pytestmark = pytest.mark.e2e

DAY = 86_400.0
SCHEMAS = TOP / "docs" / "schemas"


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    path = tmp_path / "ring.yaml"
    path.write_text(RING, encoding="utf-8")
    return path


def typed(*words: object) -> Result:
    """Type a command in this process, which is quick; what it returns is its exit code."""
    runner = CliRunner()
    result = runner.invoke(cli, [str(word) for word in words], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


def document(schema: str, *words: object) -> Any:
    """Return the JSON of a report, which fits its committed schema."""
    said = json.loads(typed(*words, "--format", "json").stdout)
    Draft7Validator(json.loads((SCHEMAS / f"{schema}.schema.json").read_text(encoding="utf-8"))).validate(said)
    return said


def test_every_schema_is_one() -> None:
    for path in SCHEMAS.glob("*.json"):
        Draft7Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


def test_spof_names_what_each_thread_holds(ring: Path) -> None:
    rows = document("topology-spof", "topology", "spof", "-i", ring)["rows"]
    found = {f"{row['element']['kind']}:{row['element']['id']}": row["sites"] for row in rows}
    assert found["cable:lembah"] == found["link:r2-v1"] == ["lembah-1", "lembah-2", "lembah-3"]
    assert found["node:gw"] == sorted(set().union(*found.values()))
    assert "link:r1-r2" not in found
    csv = typed("topology", "spof", "-i", ring, "--kind", "cable", "--format", "csv")
    head, row = csv.stdout.splitlines()
    assert head == "kind,id,villages,services,people,dark_sites,sites"
    assert row == "cable,lembah,3,0,,3,lembah-1 lembah-2 lembah-3"
    assert csv.return_value == 1
    assert typed("topology", "spof", "-i", ring, "--least", 99).return_value == 0


def test_spof_counts_the_people_of_sites_that_say(ring: Path) -> None:
    ring.write_text(RING.replace("{id: lembah-1,", "{id: lembah-1, people: 4210,"), encoding="utf-8")
    (row,) = document("topology-spof", "topology", "spof", "-i", ring, "--kind", "cable")["rows"]
    assert (row["people"], row["uncounted_sites"], row["dark_sites"]) == (4210, 2, 3)
    said = typed("topology", "spof", "-i", ring)
    assert "8 of 9 served sites do not say how many people live there" in said.stderr


def test_show_tells_what_stands_around_a_site(ring: Path) -> None:
    said = document("topology-show", "topology", "show", "lembah satu", "-i", ring)
    assert (said["kind"], said["id"]) == ("site", "lembah-1")
    assert [(one["link"], one["neighbour"], one["bridge"], one["cables"]) for one in said["links"]] == [
        ("r2-v1", "r2", True, ["lembah"]),
        ("v1-v2", "v2", True, []),
        ("v1-v3", "v3", True, []),
    ]
    assert [one["link"] for one in said["way"]][-1] == "noc-gw"
    hangs_on = {f"{one['kind']}:{one['id']}" for one in said["hangs_on"]}
    assert hangs_on == {"node:gw", "node:r2", "link:noc-gw", "link:r2-v1", "cable:lembah"}
    assert said["below"] == {"sites": ["lembah-2", "lembah-3"], "services": []}
    router = document("topology-show", "topology", "show", "r1", "-i", ring)
    assert [one["bridge"] for one in router["links"]] == [False, False, True]
    assert router["below"]["sites"] == ["bukit"]
    table = typed("topology", "show", "terpencil", "-i", ring)
    assert table.stdout.splitlines()[1].split() == ["itself", "village", "terpencil", "Terpencil", "not", "served"]
    with pytest.raises(UsageError, match="no site or node"):
        typed("topology", "show", "bukitt", "-i", ring)


def test_whatif_says_who_goes_dark_and_what_becomes_a_bridge(ring: Path) -> None:
    said = document("topology-whatif", "topology", "whatif", "-i", ring, "--fail", "link:gw-r1", "--fail", "node:v2")
    assert said["dark_sites"] == ["lembah-2"]
    assert said["bridges"] == ["r1-r2", "r2-r3", "r3-gw"]
    work = typed("topology", "whatif", "-i", ring, "--fail", "cable:lembah", "--from", "2026-12-01T02:00:00Z")
    assert "netmon maintenance add cable:lembah --from 2026-12-01T02:00:00Z --for 4h\n" in work.stderr
    assert work.return_value == 1
    assert typed("topology", "whatif", "-i", ring, "--fail", "link:gw-r1").return_value == 0


def test_redundancy_counts_ways_and_what_was_lost_since(ring: Path, tmp_path: Path) -> None:
    said = document("topology-redundancy", "topology", "redundancy", "-i", ring, "--to", "gw")
    rows = {row["site"]: (row["node_disjoint"], row["link_disjoint"], row["cable_disjoint"]) for row in said["rows"]}
    assert rows["utara"] == rows["timur"] == (2, 2, 2)
    assert rows["lembah-1"] == (1, 1, 1)
    assert "terpencil" not in rows
    old = tmp_path / "old.json"
    assert typed("topology", "redundancy", "-i", ring, "--to", "gw", "--format", "json", "-o", old).return_value == 1
    same = typed("topology", "redundancy", "-i", ring, "--to", "gw", "--against", old)
    assert (same.return_value, same.stdout) == (0, "")
    ring.write_text(
        RING.replace("  - {id: r3-gw,", "  - {id: r3-gw, cables: [lembah],").replace(
            "  - {id: gw-r1,", "  - {id: gw-r1, cables: [lembah],"
        ),
        encoding="utf-8",
    )
    rows = document("topology-redundancy", "topology", "redundancy", "-i", ring, "--to", "gw", "--against", old)[
        "rows"
    ]
    assert {row["site"] for row in rows} == {"utara", "timur", "selatan"}
    assert rows[0]["before"] == [2, 2, 2]
    assert rows[0]["shared"] == [{"kind": "cable", "id": "lembah"}]


@pytest.fixture
def past(ring: Path, tmp_path: Path) -> Path:
    """Return the journal of two days: the ring was whole, then r1 lost its line to the centre, then Bukit its own."""
    player = Player(load_inventory(ring, with_secrets=False).inventory, BEGIN)
    player.run_to(BEGIN + DAY)
    player.do_cover()
    player.do_port("gw:sfp1", "down")
    player.do_port("r1:sfp1", "down")
    player.run_to(BEGIN + 2 * DAY - 600)
    player.do_lose("w1")
    player.run_to(BEGIN + 2 * DAY)
    player.do_cover()
    path = tmp_path / "journal.sqlite"
    with closing(SqliteJournal(path)) as store:
        store.append(player.entries)
    return path


def test_a_journal_tells_what_is_left_and_what_was_lost_since(past: Path) -> None:
    """It brings its own drawing; what was lost is told per site, as it was and as it is."""
    asked = ("topology", "redundancy", "--journal", past, "--to", "gw")
    said = document("topology-redundancy", *asked, "--since", "36h")
    assert said["since"] == rfc3339(BEGIN + DAY / 2)
    rows = {row["site"]: (row["before"], row["link_disjoint"]) for row in said["rows"]}
    assert rows == {
        "utara": ([2, 2, 2], 1),
        "timur": ([2, 2, 2], 1),
        "selatan": ([2, 2, 2], 1),
        "bukit": ([1] * 3, 0),
    }
    lost = typed(*asked, "--since", rfc3339(BEGIN + DAY / 2))
    assert (lost.return_value, "4 of 8 sites have lost a way" in lost.stderr) == (1, True)
    calm = typed(*asked, "--at", rfc3339(BEGIN + DAY / 2), "--since", "1h")
    assert (calm.return_value, calm.stdout) == (0, "")
    spots = document("topology-blackspots", "topology", "blackspots", "--journal", past)["rows"]
    assert [(row["site"], row["sense"]) for row in spots] == [("terpencil", "never-connected"), ("bukit", "dark")]
    rows = document("topology-spof", "topology", "spof", "--journal", past)["rows"]
    assert {"utara", "timur", "selatan"} <= {
        site for row in rows if row["element"]["id"] == "r3-gw" for site in row["sites"]
    }
    totals = typed("topology", "blackspots", "--journal", past, "--totals", "--format", "csv").stdout.splitlines()
    assert totals[-1] == "all,kecil,10,1,0,1"


def test_a_way_goes_around_what_a_journal_has_cut(past: Path) -> None:
    """gw – r1 is cut in the end, and what stands at Bukit is dark."""
    then = document(
        "topology-path", "topology", "path", "gw", "r1", "--journal", past, "--at", rfc3339(BEGIN + DAY / 2)
    )
    assert [row["link"] for row in then["rows"]] == ["gw-r1"]
    now = document("topology-path", "topology", "path", "gw", "r1", "--journal", past)
    assert [row["link"] for row in now["rows"]] == ["r3-gw", "r2-r3", "r1-r2"]
    dark = typed("topology", "path", "gw", "w1", "--journal", past)
    assert (dark.return_value, dark.stdout) == (1, "")
    assert dark.stderr.endswith("w1 is dark\nthere is no way\n")


@pytest.mark.parametrize("words", [("--kind", "map"), ("--kind", "schematic"), ("--as", "graphml"), ("--as", "dot")])
def test_a_moment_of_a_journal_is_drawn(past: Path, words: tuple[str, ...]) -> None:
    then = typed("topology", "draw", "--journal", past, *words).stdout
    before = typed("topology", "draw", "--journal", past, "--at", rfc3339(BEGIN + DAY / 2), *words).stdout
    shown = {"map": "Bukit: ", "schematic": "w1: ", "graphml": ">F", "dot": "shape=octagon"}[words[-1]]
    assert shown in then
    assert shown not in before or words[-1] == "map"  # it tells of sites that are well too


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--since", "1d", "-i", "x"), "--since needs a journal"),
        (("--at", "2026-01-01T00:00Z", "-i", "x"), "--at needs a journal"),
        ((), "there is no drawing to ask"),
    ],
)
def test_what_a_question_needs_is_said(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        typed("topology", "redundancy", *words)


def test_blackspots_of_a_drawing_are_those_never_connected(ring: Path) -> None:
    said = document("topology-blackspots", "topology", "blackspots", "-i", ring)
    assert [(row["site"], row["sense"], row["nearest"]) for row in said["rows"]] == [
        ("terpencil", "never-connected", "selatan")
    ]
    assert said["totals"] == [
        {"district": "selatan", "name": "Selatan", "sites": 3, "never-connected": 1, "unusable": 0, "dark": 0}
    ]
    csv = typed("topology", "blackspots", "-i", ring, "--totals", "--format", "csv")
    assert csv.stdout.splitlines()[1] == "selatan,Selatan,3,1,0,0"
    assert csv.return_value == 1


def test_a_drawing_is_drawn_for_people_and_programs(ring: Path) -> None:
    svg = typed("topology", "draw", "-i", ring, "--theme", "light")
    assert ET.fromstring(svg.stdout).tag.endswith("svg")  # noqa: S314 (netmon's own)
    assert "left out for want of coordinates: 1 site: " in svg.stderr
    assert json.loads(typed("topology", "draw", "-i", ring, "--as", "geojson").stdout)["type"] == "FeatureCollection"
    assert typed("topology", "draw", "-i", ring, "--as", "dot").stdout.startswith("graph")
    for option in ("--kind", "map"), ("--theme", "dark"):
        with pytest.raises(UsageError, match="--as svg"):
            typed("topology", "draw", "-i", ring, "--as", "dot", *option)


def test_days_are_of_what_prometheus_kept(ring: Path) -> None:
    with pytest.raises(UsageError, match="--prometheus URL"):
        typed("topology", "blackspots", "-i", ring, "--days", "30")


def test_path_goes_around_and_finds_two_ways(ring: Path) -> None:
    said = document("topology-path", "topology", "path", "gw", "r2", "-i", ring, "--avoid", "node:r1")
    assert [row["link"] for row in said["rows"]] == ["r3-gw", "r2-r3"]
    assert said["ways"][0]["length_km"] == 17
    pair = document("topology-path", "topology", "path", "gw", "r2", "-i", ring, "--pair")
    assert len(pair["ways"]) == 2
    assert typed("topology", "path", "noc", "r2", "-i", ring, "--pair").return_value == 1


def test_a_plan_joins_what_is_not_served_and_then_protects(ring: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "plan.geojson"
    said = document("plan", "plan", "-i", ring, "--reach", "25", "--geojson", drawn)
    assert said["steps"][0]["connects"] == ["terpencil"]
    assert said["unplaced"] == ["kantor"]
    assert (said["before"]["unjoined_sites"], said["after"]["unjoined_sites"]) == (1, 0)
    assert said["bound"] == said["steps"][0]["cost"] < said["cost"]
    assert said["after"]["protected_sites"] == said["most_protected"] > said["before"]["protected_sites"]
    features = json.loads(drawn.read_text(encoding="utf-8"))["features"]
    assert features[0]["geometry"]["coordinates"][0][0] > 100  # longitude first
    spans = [(span["cost"], step["cost"]) for step in said["steps"] for span in step["spans"]]
    assert [(one["properties"]["cost"], one["properties"]["step_cost"]) for one in features] == spans
    assert spans[0][0] < spans[0][1]  # joining a site is paid for besides
    assert typed("plan", "-i", ring, "--reach", "12", "--goal", "connect").return_value == 1


def test_the_plan_of_a_daemon_is_that_of_the_command(ring: Path) -> None:
    """It is made by another process, which gets the drawing that is in force."""
    inventory = load_inventory(ring, with_secrets=False).inventory
    terms: dict[str, Any] = {name: one.usual for name, one in AMOUNTS.items()}
    terms |= {"goal": "both", "weight": "sites", "terrain": {"utara": 1.5}, "reach": 25.0, "budget": 9e9}
    said = document("plan", "plan", "-i", ring, "--reach", 25, "--budget", 9e9, "--terrain", "utara=1.5")
    assert {"schema_version": 1, **asyncio.run(plan_apart(inventory, terms))} == said
    assert len(said["steps"]) > 3
    with pytest.raises(RuntimeError, match="ended with 1"):
        asyncio.run(plan_apart(inventory, {**terms, "goal": "nothing of the kind", "reach": "far"}))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--time-limit", "0"), "all that can be is planned, but the time was over before"),
        (("--budget", "5e8"), "\nthe budget did not last for more"),
        (("--budget", "1.2e9", "--time-limit", "0"), "\nthe budget or the time did not last for more"),
        ((), ""),
    ],
)
def test_a_plan_says_whether_money_or_time_did_not_last(ring: Path, words: tuple[str, ...], told: str) -> None:
    said = typed("plan", "-i", ring, "--reach", "25", *words).stderr
    assert told in said
    assert bool(told) == ("time was over" in said or "did not last" in said)


def test_a_plan_names_served_sites_that_nothing_joins(ring: Path) -> None:
    """No span is planned to them: it is the drawing that lacks a link."""
    ring.write_text(RING.replace("  - {id: r3-o1,", "  - {id: r3-o1, a: r3, b: gw}\n#"), encoding="utf-8")
    assert "not joined to the vantage: 1 served site: kantor" in typed("plan", "-i", ring, "--goal", "connect").stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--per-km", "1e308"), "1e\\+308 is not in the range"),
        (("--per-site", "1e308"), "1e\\+308 is not in the range"),
        (("--per-radio", "1e308"), "1e\\+308 is not in the range"),
        (("--route-factor", "1e308"), "1e\\+308 is not in the range"),
        (("--terrain", "utara=1e308"), "'utara=1e308' is no factor below 1000"),
    ],
)
def test_a_plan_takes_no_prices_beyond_counting(ring: Path, words: tuple[str, ...], told: str) -> None:
    with pytest.raises((click.BadParameter, UsageError), match=told):
        typed("plan", "-i", ring, "--reach", "25", *words)


def test_prices_have_the_bounds_of_the_api() -> None:
    command = cli.get_command(click.Context(cli), "plan")
    assert command is not None
    bounds = {one.name: one.type for one in command.params}
    for name in ("per_km", "per_site", "per_radio", "route_factor"):
        amount = bounds[name]
        assert isinstance(amount, click.FloatRange)
        assert (amount.min, amount.max) == (AMOUNTS[name].least, AMOUNTS[name].most)


def test_a_plan_is_drawn_with_its_steps_in_a_table(ring: Path, tmp_path: Path) -> None:
    """Joining, protecting and radio differ by more than colour."""
    sheet = tmp_path / "plan.svg"
    words = ("--reach", "25", "--radio-reach", "12", "--per-radio", "9e7", "--svg", sheet)
    said = document("plan", "plan", "-i", ring, *words)
    kinds = {span["kind"] for step in said["steps"] for span in step["spans"]}
    assert kinds == {"fibre", "radio"}
    root = ET.fromstring(sheet.read_text(encoding="utf-8"))  # noqa: S314 (netmon's own)
    texts = ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]
    for number, step in enumerate(said["steps"], 1):
        assert texts.count(str(number)) >= 1
        assert f"{step['cost']:,.0f}" in texts
    classes = [one.get("class") for one in root.iter("{http://www.w3.org/2000/svg}path")]
    assert {"joins", "protects radio"} <= set(classes)
    assert any(text.startswith(f"{len(said['steps'])} steps for {said['cost']:,.0f}") for text in texts)
    with pytest.raises(CannotError, match="cannot write"):
        typed("plan", "-i", ring, "--svg", tmp_path / "none" / "plan.svg")


def test_a_plan_weighs_people_where_sites_say_how_many_they_have(ring: Path) -> None:
    with pytest.raises(UsageError, match="no site says"):
        typed("plan", "-i", ring, "--weight", "people")
    with pytest.raises(UsageError, match="no services"):
        typed("plan", "-i", ring, "--weight", "services")
    ring.write_text(RING.replace("{id: lembah-1,", "{id: lembah-1, people: 4210,"), encoding="utf-8")
    said = document("plan", "plan", "-i", ring, "--reach", "25", "--goal", "protect", "--weight", "people")
    assert (said["weight"], said["most_weight"]) == (4210, 4210)
    assert 0 < said["protect_bound"] == said["bound"] <= said["cost"]
    table = typed("plan", "-i", ring, "--reach", "25", "--goal", "protect", "--weight", "people")
    assert "8 of 9 served sites do not say" in table.stderr
    assert "protecting 4,210 people: " in table.stderr


def test_a_plan_is_the_same_whatever_order_sets_have(ring: Path) -> None:
    """Python shuffles the hashes of texts anew in every process."""
    words = (*NETMON, "plan", "-i", str(ring), "--reach", "25", "--time-limit", "600", "--format", "json")
    said = [
        subprocess.run(words, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(json.loads(said[0])["steps"]) > 3


def test_every_bad_line_of_candidates_is_named(ring: Path, tmp_path: Path) -> None:
    spans = tmp_path / "spans.csv"
    spans.write_text("a,b,length_km,cost\nbukit,terpencill,1,2\nbukit,terpencil,-1,zwei\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        typed("plan", "-i", ring, "--candidates", spans)
    assert [(problem.line, problem.hint) for problem in refused.value.problems] == [
        (2, 'did you mean "terpencil"?'),
        (3, "write a number, as 4.2"),
        (3, "write a number, as 4.2"),
    ]
    spans.write_text(
        'a,b,length_km,cost,note\nbukit,bukit,1,2\n\nbukit,terpencil,1,2,"two\nlines",more\nbukit,nowhere,1,1e300\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as refused:
        typed("plan", "-i", ring, "--candidates", spans)
    assert [(problem.line, problem.message) for problem in refused.value.problems] == [
        (2, "the span begins and ends at bukit"),
        (4, "has 6 cells, but there are 5 columns"),
        (6, 'there is no site "nowhere"'),
        (6, "cost is 1e+300"),
    ]
    spans.write_text("sep=;\nA;B;length_km;cost\nbukit;terpencil;1,5;2e6\n", encoding="utf-8-sig")
    said = document("plan", "plan", "-i", ring, "--candidates", spans, "--per-site", "0")
    assert [(step["spans"][0]["length_km"], step["cost"]) for step in said["steps"]] == [(1.5, 2e6)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "1: has no column a, b, length_km, cost"),
        (b"a,b\n", "1: has no column length_km, cost"),
        (b"a,b,length_km,cost,Cost,,\n", "1: column cost stands twice"),
        (b'a,b,length_km,cost\n"bukit,' + b"x" * 200_000, "2: is not CSV: field larger than field limit"),
        (b"a,b,length_km,cost\nbukit,\xff,1,2\n", "2 is not UTF-8 text"),
    ],
)
def test_what_is_no_file_of_candidates_is_said_with_its_line(
    content: bytes, said: str, ring: Path, tmp_path: Path
) -> None:
    spans = tmp_path / "spans.csv"
    spans.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        typed("plan", "-i", ring, "--candidates", spans)
    told = "\n".join(map(str, (*refused.value.problems, refused.value)))
    assert f"spans.csv:{said}" in told
    with pytest.raises(ConfigError, match=r"cannot read .*: Is a directory \(name a CSV file"):
        typed("plan", "-i", ring, "--candidates", tmp_path)


REPORTS = (
    ("topology", "spof"),
    ("topology", "redundancy"),
    ("topology", "blackspots"),
    ("topology", "whatif", "--fail", "node:rtr-jenu"),
    ("topology", "show", "rtr-jenu"),
    ("topology", "path", "noc", "rtr-bancar"),
    ("plan", "--goal", "connect"),
)


@pytest.mark.parametrize("words", REPORTS, ids=" ".join)
def test_a_report_can_be_cut_short_by_its_reader(words: tuple[str, ...]) -> None:
    """`| head` ends it without a word; nothing but data is on standard output, and no colours in it."""
    typed_words = [*NETMON, *words, "-i", str(TOP / "inventory" / "tuban"), "--format", "csv"]
    with subprocess.Popen(typed_words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as report:
        assert report.stdout is not None
        assert report.stderr is not None
        head = report.stdout.readline().decode()
        first = report.stdout.readline().decode()
        report.stdout.close()
        said = report.stderr.read().decode()
        assert report.wait(60) == (0 if words[1] in ("show", "path") else 1)
    assert head.count(",") >= 3
    assert first.count(",") >= 3
    assert "\x1b" not in head + first
    assert "Traceback" not in said


@pytest.mark.parametrize("words", [("topology", "spof", "-i"), ("check",)], ids=" ".join)
def test_a_full_disk_behind_a_report_is_one_line(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        typed_words = [*NETMON, *words, str(TOP / "inventory" / "tuban")]
        done = subprocess.run(typed_words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4
    (line,) = [line for line in done.stderr.splitlines() if "points of failure" not in line]
    assert line == "netmon: cannot write: No space left on device (make room, or choose another file)"


@pytest.mark.parametrize(
    ("fail", "hint"),
    [("cable:lembahh", 'did you mean "lembah"?'), ("lembah", "write KIND:ID"), ("node:zzz", "see the inventory")],
)
def test_what_is_not_drawn_cannot_fail(ring: Path, fail: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        typed("topology", "whatif", "-i", ring, "--fail", fail)
    assert hint in str(refused.value)


@pytest.mark.parametrize("words", [("--kind", "schematic"), ("--kind", "map")])
def test_no_two_labels_of_the_county_overlap_in_a_browser(
    words: tuple[str, ...], browser: Page, tmp_path: Path
) -> None:
    drawing = tmp_path / "county.svg"
    typed("topology", "draw", "-i", TOP / "inventory" / "tuban", *words, "-o", drawing)
    browser.open(drawing.as_uri())
    count, met = browser.run("""(() => {
        const all = [...document.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()]);
        const met = [];
        for (const [i, [one, a]] of all.entries()) for (const [other, b] of all.slice(i + 1)) {
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 0.5 && high > a.height / 4) met.push(one + ' / ' + other);
        }
        return [all.length, met];
    })()""")
    assert count > 20
    assert met == []


def test_no_name_on_the_map_of_the_county_lies_under_a_marker(browser: Page, tmp_path: Path) -> None:
    """The vantage stands in the thick of a town that is enlarged; names of districts go under a few dots at most."""
    drawing = tmp_path / "county.svg"
    typed("topology", "draw", "-i", TOP / "inventory" / "tuban", "-o", drawing)
    browser.open(drawing.as_uri())
    names, markers, met = browser.run("""(() => {
        const all = css => [...document.querySelectorAll(css)];
        const boxes = css => all(css).map(e => [e.textContent, e.getBoundingClientRect()]);
        const [names, markers] = [boxes('text.name'), boxes('circle.marker, use')];
        const met = [];
        for (const [name, a] of names) for (const [marker, b] of markers) {
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 0.5 && high > 0.5) met.push(name + ' / ' + marker);
        }
        return [names.length, markers.length, met];
    })()""")
    assert names == 1
    assert markers > 300
    assert met == []


def test_what_the_questions_cost_is_printed_beside_a_peer() -> None:
    said = json.loads(typed("bench", "topology", "--nodes", 100, "--format", "json").stdout)
    rows = said["rows"]
    shapes = {row["shape"] for row in rows}
    assert {"rings", "tree", "mesh"} < shapes
    asked = sorted((row["question"], row["shape"]) for row in rows)
    assert asked == sorted(product(("spof", "redundancy", "whatif"), shapes))
    assert len(said["ratios"]) == len(rows)
