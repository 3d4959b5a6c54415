"""The fast path: faults straight to Alertmanager's API, beside the rules of Prometheus and in the same words.

An Alertmanager that is away is asked again until it is back; nothing waits for it. What is told is decided anew from
the picture every time (`netmon.picture.alerts`), so that there is nothing to remember and nothing to lose.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx2

from netmon.clock import Clock, rfc3339
from netmon.ending import end_all
from netmon.picture.alerts import Post, Telling, Tellings, decide, posts
from netmon.picture.state import Picture

log = logging.getLogger(__name__)

TICK = 0.25
"""Seconds between two looks at the picture; deciding takes microseconds while nothing is wrong."""
RESEND = 30.0
"""Seconds after which all is told again, so that an Alertmanager that was restarted knows."""
RETRY = 2.0
TIMEOUT = 10.0


@dataclass(slots=True)
class Receiver:
    """One Alertmanager: where it is, what it last took and when (monotonic), and how often it did not."""

    url: str
    took: Sequence[tuple[Any, ...]] = ()
    at: float = float("-inf")
    tried: float = float("-inf")
    failures: int = 0
    is_reached: bool = True

    @property
    def name(self) -> str:
        """Host and port, for metrics and messages."""
        return urlsplit(self.url).netloc

    def is_due(self, news: Sequence[tuple[Any, ...]], now: float) -> bool:
        """Tell whether it is to be told now (monotonic) what is `news`."""
        if not news:
            return False  # nobody has to be told of nothing
        if not self.is_reached:
            return now >= self.tried + RETRY
        return news != self.took or now >= self.at + RESEND


class AlertSender:
    """Tells Alertmanagers what a picture is about.

    Args:
        urls: where they are, such as `http://127.0.0.1:9093`.
        telling: how.
        clock: dates what is told.
        show: returns the current picture, None before there is one.
        may_tell: whether it is for this netmon to tell. Who may not decides all the same: when it is its turn, it
            knows what the other told.
    """

    def __init__(
        self,
        urls: Sequence[str],
        telling: Telling,
        clock: Clock,
        show: Callable[[], Picture | None],
        *,
        may_tell: Callable[[], bool] = lambda: True,
    ) -> None:
        self.receivers = [Receiver(url.rstrip("/")) for url in urls]
        self._telling = telling
        self._clock = clock
        self._show = show
        self._may_tell = may_tell
        self._tellings: Tellings = {}
        self._sending: dict[str, asyncio.Task[None]] = {}
        self.mistakes = 0

    async def run(self) -> None:
        """Tell until cancelled. Nothing is told at the end: a restart is no repair."""
        if not self.receivers:
            await asyncio.Event().wait()
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            try:
                while True:
                    try:
                        self._turn(client)
                    except Exception:  # a mistake of netmon's own must not end the probing
                        self.mistakes += 1
                        log.exception("what Alertmanager is to be told could not be decided")
                        await asyncio.sleep(RETRY)
                    await asyncio.sleep(TICK)
            finally:
                await end_all(*self._sending.values())

    def _turn(self, client: httpx2.AsyncClient) -> None:
        picture = self._show()
        if picture is None:
            return
        now = self._clock.wall()
        self._tellings = decide(self._tellings, picture, now, self._telling)
        if not self._may_tell():
            return
        told = posts(self._tellings, now, self._telling)
        news = tuple(
            (tuple(sorted(post.labels.items())), post.is_over, post.annotations["description"]) for post in told
        )
        for receiver in self.receivers:
            if receiver.url not in self._sending and receiver.is_due(news, self._clock.monotonic()):
                task = asyncio.create_task(self._send(client, receiver, told, news))
                self._sending[receiver.url] = task
                task.add_done_callback(partial(self._sent, receiver.url))

    def _sent(self, url: str, _task: asyncio.Task[None]) -> None:
        del self._sending[url]

    async def _send(
        self, client: httpx2.AsyncClient, receiver: Receiver, told: Sequence[Post], news: Sequence[tuple[Any, ...]]
    ) -> None:
        receiver.tried = self._clock.monotonic()
        body = json.dumps([document(post) for post in told]).encode()
        try:
            answer = await client.post(
                f"{receiver.url}/api/v2/alerts", content=body, headers={"content-type": "application/json"}
            )
            trouble = "" if answer.is_success else f"status {answer.status_code}"
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            trouble = str(error) or type(error).__name__
        if trouble:
            receiver.failures += 1
            if receiver.is_reached:
                log.warning("Alertmanager %s cannot be told: %s; trying on", receiver.name, trouble)
            receiver.is_reached = False
            return
        if not receiver.is_reached:
            log.info("Alertmanager %s is told again", receiver.name)
        receiver.is_reached, receiver.took, receiver.at = True, news, self._clock.monotonic()


def document(post: Post) -> dict[str, Any]:
    """Return an alert as the API takes it (`postableAlert`)."""
    return {
        "labels": dict(post.labels),
        "annotations": dict(post.annotations),
        "startsAt": rfc3339(post.starts),
        "endsAt": rfc3339(post.ends),
        "generatorURL": post.generator,
    }
