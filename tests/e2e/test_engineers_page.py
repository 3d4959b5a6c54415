"""The pages of engineers in a browser: forms without script, drawings with a policy, readable in every way."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.e2e.chromium import Page
from tests.e2e.pages import Netmon, complaints_of_axe, scheme
from tests.unit.exporter.county import HOSTILE

pytestmark = [pytest.mark.e2e, pytest.mark.long(30)]

PAGES = (
    "topology",
    "topology/draw?form=schematic&live=true",
    "topology/show?of=rtr-b",
    "topology/redundancy?only=weak",
    "topology/blackspots?live=true",
    "topology/path?a=rtr-a&b=rtr-b&pair=true",
    "topology/whatif?fail=cable:west&from=2026-12-01T09:00&for=4h",
    "plan?budget=",
    "report/coverage",
    "topology/whatif?fail=cable:wset",
)


@pytest.fixture(scope="module")
def netmon() -> Iterator[Netmon]:
    with Netmon() as started:
        started.shown = started.cut
        yield started


def opened(browser: Page, netmon: Netmon, path: str, language: str) -> None:
    """Open a page; nothing may be refused, and nothing fetched from elsewhere."""
    browser.open(f"{netmon.server.url}{path}{'&' if '?' in path else '?'}lang={language}")
    errors = [one["entry"] for one in browser.happened("Log.entryAdded") if one["entry"]["level"] == "error"]
    assert [one for one in errors if "404" not in one["text"]] == [], path
    fetched = [one["request"]["url"] for one in browser.happened("Network.requestWillBeSent")]
    own = (netmon.server.url, "data:")  # a browser draws its calendar by a picture of its own
    assert [url for url in fetched if not url.startswith(own)] == []


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_a_phone_needs_no_sideways_scrolling(browser: Page, netmon: Netmon, path: str) -> None:
    try:
        scheme(browser, "light")
        opened(browser, netmon, path, "en")
        assert complaints_of_axe(browser) == []
        phone = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
        browser.call("Emulation.setDeviceMetricsOverride", **phone)
        browser.until(lambda: browser.run("document.documentElement.clientWidth") == 360)
        assert browser.run("document.documentElement.scrollWidth") <= 360
        browser.call("Emulation.clearDeviceMetricsOverride")
        scheme(browser, "dark")
        opened(browser, netmon, path, "id")
        assert complaints_of_axe(browser) == []
    finally:
        browser.call("Emulation.clearDeviceMetricsOverride")
        browser.call("Emulation.setEmulatedMedia", features=[])
        browser.call("Network.clearBrowserCookies")


def test_paper_is_without_forms(browser: Page, netmon: Netmon) -> None:
    browser.open(netmon.server.url + PAGES[-1])
    browser.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.run("getComputedStyle(document.querySelector('.question')).display") == "none"
        assert base64.b64decode(browser.call("Page.printToPDF")["data"]).startswith(b"%PDF-")
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")


def press(browser: Page, key: str, text: str = "") -> None:
    code = {"Enter": 13, "Tab": 9}.get(key, 0)
    browser.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
    browser.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)


def test_a_question_is_asked_by_keyboard_and_without_script(browser: Page, netmon: Netmon) -> None:
    browser.open(f"{netmon.server.url}topology/whatif")
    browser.run("document.querySelector('[name=find]').focus()")
    for letter in "rawas":
        press(browser, letter, letter)
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        press(browser, "Enter", "\r")
        browser.until(lambda: "find=rawas" in browser.run("location.search"))
        browser.until(lambda: browser.run("document.readyState") == "complete")
        browser.run("document.querySelector('[value=\"node:rtr-v2\"]').focus()")
        press(browser, " ", " ")
        press(browser, "Enter", "\r")
        browser.until(lambda: "fail=node" in browser.run("location.search"))
        browser.until(lambda: browser.run("document.readyState") == "complete")
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.run("document.querySelector('#dark-title').nextElementSibling.textContent").startswith("1 sites")
    assert browser.run("document.querySelector('[value=\"node:rtr-v2\"]').checked") is True


def test_an_answer_to_a_form_stands_still_and_the_others_follow(browser: Page, netmon: Netmon) -> None:
    asked = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/events')).length"
    browser.open(f"{netmon.server.url}topology/whatif?fail=cable:west")
    assert browser.run(f"new Promise((done) => setTimeout(() => done({asked}), 50))") == 0
    browser.open(f"{netmon.server.url}topology/blackspots?live=true")
    spots = "document.querySelectorAll('#black-spots tbody tr').length"
    assert browser.run(spots) == 3
    browser.until(lambda: netmon.feed.readers == 1)
    netmon.show(netmon.calm)
    browser.until(lambda: browser.run(spots) == 1)
    netmon.show(netmon.cut)
    browser.until(lambda: browser.run(spots) == 3)


@pytest.mark.parametrize("path", ["topology/draw?live=true", "topology/draw?form=schematic", "plan?format=svg"])
def test_a_drawing_has_its_colours_under_its_own_policy(browser: Page, netmon: Netmon, path: str) -> None:
    browser.open(f"{netmon.server.url}api/v1/{path}")
    sheet = "getComputedStyle(document.querySelector('.sheet')).fill"
    assert browser.run(sheet) not in ("rgb(0, 0, 0)", "none")
    assert HOSTILE in browser.run("document.documentElement.textContent") or "plan" in path
    assert browser.happened("Page.javascriptDialogOpening") == []
    refused = browser.run(
        "(() => { const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');"
        "style.textContent = '.sheet { fill: rgb(1, 2, 3) }'; document.documentElement.append(style);"
        f"return {sheet} !== 'rgb(1, 2, 3)'; }})()"
    )
    assert refused is True, "a style that is not its own"


def test_a_plan_shows_its_map(browser: Page, netmon: Netmon) -> None:
    browser.open(f"{netmon.server.url}plan?budget=")
    browser.run("document.querySelector('.plan-map').scrollIntoView()")
    wide = "document.querySelector('.plan-map').naturalWidth"
    browser.until(lambda: browser.run(wide) > 0)
    assert browser.run("document.querySelector('.plan-map').alt") == "Map of the plan"
