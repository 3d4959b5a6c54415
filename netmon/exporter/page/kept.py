"""Pages that were just made: when many readers ask for the same one at the same moment, it is made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from netmon.exporter.page.templating import Reader
from netmon.exporter.view import DaemonStatus, View
from netmon.picture.state import Picture

MOST = 32
"""Pages that are kept: a few languages of what people look at."""


@dataclass(frozen=True, slots=True)
class _Kept:
    picture: Picture
    daemon: DaemonStatus
    second: int
    text: str


class KeptPages:
    """Pages of the last second, as long as picture and daemon are what they showed. Used by one thread at a time."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, Reader], _Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def page(self, path: str, reader: Reader, view: View, now: float, make: Callable[[], str]) -> str:
        """Return the page of a path for a reader, made now or within this second."""
        key, second = (path, reader), int(now)
        known = self._kept.get(key)
        if (
            known is None
            or known.picture is not view.picture
            or (known.daemon, known.second) != (view.daemon, second)
        ):
            known = self._kept[key] = _Kept(view.picture, view.daemon, second, make())
            self._kept.move_to_end(key)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return known.text
