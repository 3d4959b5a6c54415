"""What people and programs see of a daemon and speak to: its pages, Alertmanager, the control socket."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette

from netmon.clock import Clock
from netmon.daemon.alertmanager import AlertSender
from netmon.daemon.control import Answer, Control
from netmon.daemon.settings import Settings
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.server import WebServer
from netmon.picture.state import Picture


class Faces:
    """The faces of one daemon, from `open` to `close`.

    Args:
        settings: where pages are served and orders are taken, and who is told.
        clock: dates what is told.
        picture: returns the current picture.
        may_tell: whether it is for this daemon to tell Alertmanager.
        answer: answers what people order.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        picture: Callable[[], Picture | None],
        *,
        may_tell: Callable[[], bool],
        answer: Answer,
    ) -> None:
        self.feed = ChangeFeed()
        self.web: WebServer | None = None
        self.alerts: AlertSender | None = None
        self._settings = settings
        self._clock = clock
        self._picture = picture
        self._may_tell = may_tell
        self._control = None if settings.state is None else Control(settings.state, answer)

    async def open(self, app: Starlette) -> str:
        """Serve the pages of `app`, and listen for orders. Return the address of the page.

        Raises:
            StateError: the state folder takes no socket.
            PortInUseError: somebody else has the address.
        """
        settings = self._settings
        web = self.web = WebServer(app, settings.host, settings.port, web_config=settings.web_config)
        await web.start()
        self.alerts = AlertSender(
            settings.alertmanagers,
            settings.telling(f"{web.host}:{web.port}", web.url),
            self._clock,
            self._picture,
            may_tell=self._may_tell,
        )
        if self._control is not None:
            await self._control.start()
        return web.url

    async def run(self) -> None:
        """Tell Alertmanager until cancelled; pages and orders need nobody to run them. `open` must have returned."""
        if self.alerts is None:
            raise RuntimeError("run() before open()")
        await self.alerts.run()

    async def close(self) -> None:
        """End event streams, take no more orders and serve no more pages."""
        self.feed.close()
        if self._control is not None:
            await self._control.stop()
        if self.web is not None:
            await self.web.stop()
