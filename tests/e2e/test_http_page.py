"""The page in a real browser: it shows, it stays true, it harms nobody, and it can be read in every way."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from statistics import median

import pytest

from netmon.bench.exporter_views import measured
from netmon.bench.report import county_inventory
from netmon.exporter.api.changes import Reader
from netmon.model import ShareKind
from netmon.picture.state import ServiceFault
from tests.e2e.chromium import Page
from tests.e2e.pages import Netmon, complaints_of_axe, scheme
from tests.unit.exporter.county import HOSTILE, NOW

pytestmark = [pytest.mark.e2e, pytest.mark.long(40)]


SAME_AS_SERVED = """
    fetch(location.href).then((answer) => answer.text()).then((text) => {
        const bare = (page) => {
            const main = page.querySelector('main').cloneNode(true);
            main.querySelectorAll('.map-tools').forEach((each) => each.removeAttribute('hidden'));
            main.querySelectorAll('button').forEach((each) => each.removeAttribute('disabled'));
            const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
            const blank = [];
            while (walk.nextNode()) if (walk.currentNode.data.trim() === '') blank.push(walk.currentNode);
            blank.forEach((each) => each.remove());
            return main;
        };
        return bare(document).isEqualNode(bare(new DOMParser().parseFromString(text, 'text/html')));
    })
"""
"""Tells whether the page, patched as it was, is what would be served now; script shows and disables buttons."""


@pytest.fixture
def netmon() -> Iterator[Netmon]:
    with Netmon() as started:
        yield started


def faults(page: Page) -> int:
    return int(page.run("document.querySelectorAll('.faults > li').length"))


@pytest.mark.parametrize("path", ["", "sites", "sites/v1"])
def test_nothing_is_refused_thrown_or_fetched_from_elsewhere(browser: Page, netmon: Netmon, path: str) -> None:
    netmon.shown = netmon.cut
    browser.open(netmon.server.url + path)
    browser.until(lambda: browser.run("document.getElementById('live-state').textContent") == "Live")
    complaints = [entry for entry in browser.happened("Log.entryAdded") if entry["entry"]["level"] == "error"]
    assert complaints == []
    assert browser.happened("Runtime.exceptionThrown", "Page.javascriptDialogOpening") == []
    fetched = [request["request"]["url"] for request in browser.happened("Network.requestWillBeSent")]
    assert fetched
    assert all(url.startswith(netmon.server.url) for url in fetched)


def test_a_hostile_name_is_shown_and_does_nothing(browser: Page, netmon: Netmon) -> None:
    netmon.shown = netmon.cut
    browser.open(netmon.server.url)
    assert browser.run("document.scripts.length") == 1
    assert HOSTILE in browser.run("document.querySelector('.faults').textContent")
    assert HOSTILE in browser.run("document.getElementById('map').textContent")
    assert browser.happened("Page.javascriptDialogOpening") == []


def test_a_cut_and_its_repair_show_without_a_reload(
    browser: Page, netmon: Netmon, record_property: Callable[[str, object], None]
) -> None:
    browser.open(netmon.server.url)
    assert faults(browser) == 0
    assert "Nothing is wrong" in browser.run("document.getElementById('faults').textContent")
    browser.run("window.sameDocument = true")
    browser.until(lambda: netmon.feed.readers == 1)
    browser.events.clear()
    began = time.monotonic()
    netmon.show(netmon.cut)
    browser.until(lambda: faults(browser) == 1)
    took = 1e3 * (time.monotonic() - began)
    record_property("figure", f"a cut showed on an open page {took:.0f} ms after its verdict")
    asked = {
        one["request"]["url"].removeprefix(netmon.server.url) for one in browser.happened("Network.requestWillBeSent")
    }
    files = {one for one in asked - {"events"} if not one.startswith("static/icon")}  # which comes late to a busy tab
    assert files == {""}, "the page itself, and no file of it"
    assert "Kabel Barat is cut" in browser.run("document.querySelector('.faults .words').textContent")
    assert browser.run("document.querySelectorAll('#map use[href=\"#marker-unreachable\"]').length") == 2
    assert browser.run("document.getElementById('announcer').textContent") == "1 fault · Tuban · netmon"
    netmon.show(netmon.calm)
    browser.until(lambda: faults(browser) == 0)
    assert browser.run("window.sameDocument") is True


def test_what_a_reader_opened_and_where_they_were_survives_a_change(browser: Page, netmon: Netmon) -> None:
    netmon.shown = netmon.cut
    browser.open(netmon.server.url)
    browser.until(lambda: netmon.feed.readers == 1)
    browser.run("document.querySelector('#why-F8 > summary').click()")
    browser.run("document.querySelector('#districts tbody a').focus()")
    before = browser.run("document.activeElement.getAttribute('href')")
    netmon.show(netmon.calm)
    browser.until(lambda: faults(browser) == 0)
    netmon.show(netmon.cut)
    browser.until(lambda: faults(browser) == 1)
    assert browser.run("document.activeElement.getAttribute('href')") == before == "/sites?district=d1"


def test_a_change_touches_only_what_has_changed(browser: Page, netmon: Netmon) -> None:
    """So that nothing flickers, however many sites there are: the map stays, and so does every site on it."""
    browser.open(netmon.server.url)
    browser.until(lambda: netmon.feed.readers == 1)
    browser.run("""
        window.before = [...document.querySelectorAll('#map a, #districts tr, #counts li')];
        window.touched = new Set();
        window.watch = new MutationObserver((all) => all.forEach((one) => window.touched.add(one.target)));
        watch.observe(document.querySelector('#map svg'), {subtree: true, childList: true, attributes: true});
    """)
    netmon.show(netmon.cut)
    browser.until(lambda: faults(browser) == 1)
    after = "[...document.querySelectorAll('#map a, #districts tr, #counts li')]"
    assert browser.run(f"before.length > 10 && before.every((each) => {after}.includes(each))") is True
    dark = ("v1", "v2")
    untouched = (
        "[...document.querySelectorAll('#map a')].filter((each) => ![...touched].some((t) => each.contains(t)))"
    )
    sites = [
        href.removeprefix("/sites/") for href in browser.run(f"{untouched}.map((each) => each.getAttribute('href'))")
    ]
    assert len(sites) > 4
    assert not set(sites) & set(dark)
    assert browser.run(SAME_AS_SERVED) is True


def test_a_site_is_found_by_key_and_without_script(browser: Page, netmon: Netmon) -> None:
    browser.open(netmon.server.url)
    for key, text in (("/", ""), *((letter, letter) for letter in "rawas")):
        browser.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
        browser.call("Input.dispatchKeyEvent", type="keyUp", key=key)
    assert browser.run("document.activeElement.id + document.activeElement.value") == "qrawas"
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.call(
            "Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13
        )
        browser.call("Input.dispatchKeyEvent", type="keyUp", key="Enter", code="Enter", windowsVirtualKeyCode=13)
        browser.until(lambda: browser.run("location.pathname + location.search") == "/sites?q=rawas")
        browser.until(lambda: browser.run("document.readyState") == "complete")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert (
        browser.run("[...document.querySelectorAll('tbody th')].map((each) => each.textContent.trim()).join()")
        == "Rawasan"
    )


def test_a_reader_chooses_a_language_and_it_is_kept(browser: Page, netmon: Netmon) -> None:
    netmon.shown = netmon.cut
    browser.open(netmon.server.url)
    try:
        browser.run("document.querySelector('.languages a[lang=id]').click()")
        browser.until(lambda: browser.run("document.documentElement?.lang") == "id")
        browser.until(lambda: netmon.feed.readers == 1)
        assert "Kabel Barat putus antara" in browser.run("document.querySelector('.faults .words').textContent")
        netmon.show(netmon.calm)
        browser.until(lambda: "Tidak ada gangguan" in browser.run("document.getElementById('faults').textContent"))
        browser.open(netmon.server.url + "sites/v2")
        assert browser.run("document.getElementById('now-title').textContent") == "Sekarang"
    finally:
        browser.call("Network.clearBrowserCookies")


@pytest.mark.parametrize("path", ["", "sites", "sites/v2"])
def test_paper_is_light_and_holds_the_whole_page(browser: Page, netmon: Netmon, path: str) -> None:
    netmon.shown = netmon.cut
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.call("Emulation.setDeviceMetricsOverride", width=688, height=1000, deviceScaleFactor=1, mobile=False)
    browser.call("Emulation.setEmulatedMedia", media="print", features=features)
    try:
        browser.open(netmon.server.url + path)
        ink = re.findall(r"\d+", browser.run("getComputedStyle(document.body).color"))
        assert sum(map(int, ink[:3])) < 200
        assert browser.run("getComputedStyle(document.querySelector('.search')).display === 'none' || "
                           "getComputedStyle(document.querySelector('.bar-top')).display === 'none'")  # fmt: skip
        assert browser.run("document.documentElement.scrollWidth") <= 688
        pdf = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
        assert pdf.startswith(b"%PDF-")
        assert b"/MediaBox [0 0 594" in pdf or b"/MediaBox [0 0 595" in pdf
    finally:
        browser.call("Emulation.setEmulatedMedia", media="", features=[])
        browser.call("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("path", ["", "?lang=id", "sites?district=d1", "sites/v2", "sites?q=nothing", "nope"])
def test_axe_finds_nothing_to_complain_of(browser: Page, netmon: Netmon, path: str) -> None:
    """In the dark, where the same page has other colours, by the rules about colours."""
    netmon.shown = netmon.cut
    scheme(browser, "light")
    try:
        browser.open(netmon.server.url + path)
        browser.until(lambda: browser.run("document.getElementById('live-state').hidden") is False)
        assert complaints_of_axe(browser) == []
        scheme(browser, "dark")
        assert complaints_of_axe(browser, *ABOUT_COLOURS) == []
    finally:
        browser.call("Emulation.setEmulatedMedia", features=[])
        browser.call("Network.clearBrowserCookies")


ABOUT_COLOURS = ("color-contrast", "link-in-text-block")


def test_the_page_of_a_whole_county_is_small_and_asks_for_little(
    browser: Page, netmon: Netmon, record_property: Callable[[str, object], None]
) -> None:
    """What makes it quick, without a clock: few files, packed, asked for once; how long it takes is printed."""
    county = measured(county_inventory(None))
    netmon.show_county(county)
    browser.open(netmon.server.url)
    took, asked, weight = browser.run(
        "(() => { const [page] = performance.getEntriesByType('navigation');"
        "const rest = performance.getEntriesByType('resource').filter((one) => !one.name.includes('/events'));"
        "return [page.loadEventEnd, 1 + rest.length, page.transferSize]; })()"
    )
    times = []
    for _ in range(4):
        browser.open(netmon.server.url)
        times.append(browser.run("performance.getEntriesByType('navigation')[0].loadEventEnd"))
    fetched = browser.run("performance.getEntriesByType('resource').map((one) => [one.name, one.transferSize])")
    sites = len(county.picture.inventory.sites)
    record_property(
        "figure",
        f"page of {sites} sites in Chromium: loaded after {took:.0f} ms the first time, then after "
        f"{median(times):.0f} ms, {min(times):.0f} to {max(times):.0f}; {weight / 1000:.0f} kB, {asked} requests",
    )
    assert asked <= 4
    assert len(fetched) > 1
    assert all(size == 0 for name, size in fetched if not name.endswith("/events")), "a later visit fetches no file"
    assert 10_000 < weight < 100_000
    assert browser.run("document.querySelectorAll('#map a > :is(use, circle)').length") >= sites - 1


def test_a_fault_of_services_shows_while_nothing_else_changes(browser: Page, netmon: Netmon) -> None:
    browser.open(netmon.server.url)
    browser.until(lambda: netmon.feed.readers == 1)
    part = "document.getElementById('service-faults').textContent"
    assert "Nothing is wrong with services" in browser.run(part)
    fault = ServiceFault("S9", ShareKind.ADDRESS, "198.18.9.9", NOW - 30, ("web-a",), ("web-a",))
    netmon.show(replace(netmon.calm, service_faults=(fault,)))
    browser.until(lambda: "at the host 198.18.9.9, which they share" in browser.run(part))
    assert browser.run("document.querySelector('#fault-S9 a').getAttribute('href')") == "/sites/a"
    netmon.show(netmon.calm)
    browser.until(lambda: "Nothing is wrong with services" in browser.run(part))


def test_a_lost_server_is_told_and_found_again(browser: Page, netmon: Netmon) -> None:
    browser.open(netmon.server.url)
    browser.until(lambda: netmon.feed.readers == 1)
    netmon.loop.call_soon_threadsafe(netmon.feed.close)
    state = "document.getElementById('live-state').className"
    browser.until(lambda: browser.run(state) == "lost")


def test_a_stream_that_was_refused_is_asked_for_again(browser: Page, netmon: Netmon) -> None:
    """Browsers give up a stream at the first answer that is none: as many as may be were open."""

    async def fill() -> list[Reader]:
        return [netmon.feed.open() for _ in range(64)]

    others = asyncio.run_coroutine_threadsafe(fill(), netmon.loop).result(10)
    browser.open(netmon.server.url)
    state = "document.getElementById('live-state').className"
    browser.until(lambda: browser.run(state) == "lost")
    for other in others:
        netmon.loop.call_soon_threadsafe(other.close)
    browser.until(lambda: netmon.feed.readers == 1)
    browser.until(lambda: browser.run(state) == "")


def test_a_page_that_cannot_be_had_any_more_is_not_called_live(browser: Page, netmon: Netmon) -> None:
    browser.open(netmon.server.url + "sites/v1")
    browser.until(lambda: netmon.feed.readers == 1)
    drawing = netmon.calm.inventory
    sites = {name: site for name, site in drawing.sites.items() if name != "v1"}
    netmon.show(replace(netmon.calm, inventory=replace(drawing, sites=sites, digest="another")))
    browser.until(lambda: browser.run("document.getElementById('live-state').className") == "lost")


def test_the_page_is_complete_without_script(browser: Page, netmon: Netmon) -> None:
    netmon.shown = netmon.cut
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(netmon.server.url)
        text = browser.call("DOM.getOuterHTML", nodeId=browser.call("DOM.getDocument")["root"]["nodeId"])["outerHTML"]
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert "Kabel Barat is cut" in text
    assert '<div class="map-tools" hidden' in text
    assert 'http-equiv="refresh"' in text


@pytest.mark.parametrize("wanted", ["light", "dark"])
def test_the_page_follows_the_readers_scheme(browser: Page, netmon: Netmon, wanted: str) -> None:
    scheme(browser, wanted)
    try:
        browser.open(netmon.server.url)
        ground = browser.run("getComputedStyle(document.documentElement).backgroundColor")
        ink = browser.run("getComputedStyle(document.documentElement).color")
    finally:
        browser.call("Emulation.setEmulatedMedia", features=[])
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ground, ink)]
    assert (brightness[0] > brightness[1]) == (wanted == "light")


@pytest.mark.parametrize("path", ["", "sites", "sites/v1"])
def test_a_phone_needs_no_sideways_scrolling_of_the_page(browser: Page, netmon: Netmon, path: str) -> None:
    netmon.shown = netmon.cut
    browser.call("Emulation.setDeviceMetricsOverride", width=360, height=740, deviceScaleFactor=2, mobile=True)
    try:
        browser.open(netmon.server.url + path)
        assert browser.run("document.documentElement.scrollWidth") <= 360
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")


def test_a_phone_begins_with_the_whole_county_and_enlarges_its_middle(browser: Page, netmon: Netmon) -> None:
    netmon.shown = netmon.cut
    browser.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
    try:
        browser.open(netmon.server.url)
        box = "document.getElementById('map-window')"
        assert browser.run(f"{box}.scrollWidth") == browser.run(f"{box}.clientWidth")
        names = "[...document.querySelectorAll('#map text')].filter((one) => one.checkVisibility()).length"
        few = browser.run(names)
        browser.run("document.querySelector('[data-zoom=in]').click()")
        assert browser.run(f"{box}.scrollWidth") > 2 * browser.run(f"{box}.clientWidth")
        middle = browser.run(f"({box}.scrollLeft + {box}.clientWidth / 2) / {box}.scrollWidth")
        assert middle == pytest.approx(0.5, abs=0.02)
        assert browser.run(names) > few
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")


def test_the_map_can_be_enlarged(browser: Page, netmon: Netmon) -> None:
    browser.open(netmon.server.url)
    width = "document.querySelector('#map svg').getBoundingClientRect().width"
    before = browser.run(width)
    browser.run("document.querySelector('[data-zoom=in]').click()")
    assert browser.run(width) == pytest.approx(2 * before, rel=0.02)
    browser.run("document.querySelector('[data-zoom=out]').click()")
    assert browser.run(width) == pytest.approx(before, rel=0.02)


@pytest.mark.parametrize("path", ["", "sites", "sites/v1"])
def test_everything_that_can_be_used_has_a_name_for_a_screen_reader(browser: Page, netmon: Netmon, path: str) -> None:
    netmon.shown = netmon.cut
    browser.open(netmon.server.url + path)
    browser.call("Accessibility.enable")  # which takes time on every page, so only here
    try:
        tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    finally:
        browser.call("Accessibility.disable")
    seen = [node for node in tree if not node.get("ignored")]
    roles = [node["role"]["value"] for node in seen]
    for node in seen:
        if node["role"]["value"] in {"link", "button", "image", "table", "columnheader", "rowheader"}:
            named = node.get("name", {}).get("value", "").strip()
            assert named or node["role"]["value"] == "table", node
    assert roles.count("main") == 1
    levels = [
        next(part["value"]["value"] for part in node["properties"] if part["name"] == "level")
        for node in seen
        if node["role"]["value"] == "heading"
    ]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), "no level is skipped"
