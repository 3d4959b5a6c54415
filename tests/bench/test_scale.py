"""What a region costs by its size, when all is well and when half of it is cut off at once.

A region that `inventory/generate_regions.py` invents is pinged each second on a simulated wire, by netmon's own
schedule, belief and fold; then its ring is cut at two places. What is counted is processor time, on one core.
"""

from __future__ import annotations

import json
import random
import runpy
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.bench import rehearsal
from netmon.bench.rehearsal import Rehearsal
from netmon.events import Coverage, Effect, Entry
from netmon.inventory.load import load_inventory
from netmon.journal.codec import encode
from netmon.model import Cable, Element, ElementKind, Inventory
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.recall.snapshot import digest, freeze
from tests.markdown import TOP

pytestmark = pytest.mark.bench
CALM = 20.0
LONGEST = 30.0
TRUNK = Element(ElementKind.CABLE, "trunk")
HEADERS = 250
"""Bytes of a message of a stream beside its body."""


def with_trunk(inventory: Inventory) -> Inventory:
    """Return a region whose ring runs through one duct at two places: its cut darkens about half of the region."""
    districts = sorted(name for name in inventory.sites if name.startswith("d"))
    half = len(districts) // 2
    names = ("-".join(districts[0:2]), "-".join(districts[half : half + 2]))
    links = {name: replace(inventory.links[name], cables=(TRUNK.id,)) for name in names}
    return replace(
        inventory,
        links={**inventory.links, **links},
        cables={**inventory.cables, TRUNK.id: Cable(TRUNK.id, "The trunk")},
    )


@pytest.mark.parametrize("villages", [166, 1000, 4200])
def test_cost_of_a_region(
    villages: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    runpy.run_path(str(TOP / "inventory" / "generate_regions.py"))["country"](tmp_path, 1, villages, 1)
    inventory = with_trunk(load_inventory(tmp_path / "region-000").inventory)
    spent: list[float] = []

    def timed(picture: Picture | None, entry: Entry) -> tuple[Picture, tuple[Effect, ...]]:
        started = time.process_time()
        done = fold(picture, entry)
        spent.append(time.process_time() - started)
        return done

    monkeypatch.setattr(rehearsal, "fold", timed)
    played = Rehearsal(inventory, random.Random(1), most_lost=0.0)
    played.run(CALM)
    began = time.process_time()
    played.run(CALM)
    calm = (time.process_time() - began) / CALM
    began, at = time.process_time(), played.now
    spent.clear()
    played.fail([TRUNK])
    while not played.opened and played.now - at < LONGEST:
        played.run(0.05)
    cut = time.process_time() - began
    folding = sum(spent)
    named, dark = played.now - at, len(played.dark)
    (fault,) = (incident.fault for incident in played.opened.values())
    assert TRUNK in (fault.element, *fault.alternatives)
    assert len(fault.nodes) == dark > villages // 3
    began = time.process_time()
    content = freeze(played.picture).content
    frozen = time.process_time() - began
    began = time.process_time()
    digest(played.picture)
    digested = time.process_time() - began
    said = json.dumps({"at": at, "events": encode((Coverage(at, "local", at),))})
    calm_entry = len(zlib.compress(said.encode())) + HEADERS
    figures = {
        "villages": villages,
        "nodes": len(inventory.nodes),
        "calm": f"{calm:.1%} of a core",
        "dark nodes": dark,
        "named after": f"{named:.1f} s",
        "processor time until then": f"{cut:.1f} s",
        "of which folding": f"{folding:.1f} s",
        "checkpoint": f"{len(content) / 1e3:.0f} kB in {frozen:.2f} s",
        "digest": f"{digested:.2f} s",
        "journal of a calm day": f"{calm_entry * 86_400 / 5 / 1e6:.1f} MB",
    }
    with capsys.disabled():
        print("\n" + ", ".join(f"{name} {value}" for name, value in figures.items()))  # noqa: T201
