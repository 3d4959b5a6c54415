"""A page in a browser, and what is wrong about it."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from concurrent.futures import Future
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from netmon.daemon.running import SWITCH
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.server import WebServer
from netmon.exporter.view import View
from netmon.picture.state import Picture
from tests.e2e.chromium import Page
from tests.requires import require
from tests.unit.exporter.county import calm, counted_here, cut, inventory, view


class Netmon:
    """A page server in a thread of its own, and what it shows."""

    def __init__(self) -> None:
        drawing = inventory()
        self.calm, self.cut = calm(drawing), cut(drawing)
        self.shown: Picture = self.calm
        self.view: View | None = None
        self.feed = ChangeFeed()
        app = create_app(lambda: self.view or view(self.shown), self.feed, count=counted_here)
        self.prepared = app.state.prepared
        self.server = WebServer(app, port=0)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self.usual = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)  # as the daemon does
        self.thread.start()
        self._await(asyncio.run_coroutine_threadsafe(self.server.start(), self.loop))
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.feed.close)
        self._await(asyncio.run_coroutine_threadsafe(self.server.stop(), self.loop))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(60)
        self.loop.close()
        sys.setswitchinterval(self.usual)

    def show_county(self, county: View) -> None:
        """Show a county that was drawn a while ago."""
        self.view = county

        async def prepare() -> None:
            self.prepared.watch(self.calm, county.picture)
            await self.prepared.working

        self._await(asyncio.run_coroutine_threadsafe(prepare(), self.loop))

    def show(self, picture: Picture) -> None:
        """Show another picture, and tell those who listen."""
        before, self.shown = self.shown, picture
        self.loop.call_soon_threadsafe(self.feed.publish, before, picture)

    @staticmethod
    def _await(future: Future[None]) -> None:
        future.result(60)


def scheme(browser: Page, name: str) -> None:
    """Let the reader prefer light or dark pages."""
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])


def complaints_of_axe(browser: Page, *rules: str) -> list[object]:
    """Return what axe-core finds wrong with the open page, by all rules of WCAG 2.2 A and AA and its best practices.

    They are about contrast, names, roles, landmarks and more; with `rules` by these alone.
    """
    found = find_spec("axe_playwright_python")
    require(found is not None and found.origin is not None, "axe-playwright-python is not installed")
    assert found is not None
    assert found.origin is not None
    if not browser.run("'axe' in window"):
        browser.run(Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8") + "; 0")
    options = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    said, passed = browser.run(
        f"axe.run({json.dumps(options)}).then((found) => [found.violations.map((each) => "
        "[each.id, each.impact, each.nodes.map((node) => node.html.slice(0, 160))]), found.passes.length])"
    )
    assert passed > (0 if rules else 20)
    return list(said)
