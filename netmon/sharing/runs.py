"""The runs of probers, which are their starts: it is known which came later, and no report is taken twice. Pure.

What a run tells is taken once, by the numbers of its reports. They are remembered for the last run of each prober
alone: in the picture, and here until they are in it. A word of an earlier run may still be on its way, told for the
second time, when the next is heard; by its name it is known to be over, so that nothing has to be remembered of it.
The pair of run and number therefore only rises for each prober, and what is not above it is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_NAMED = re.compile(r"(\d{13})-[0-9a-f]{8}")


def new_run(now: float, chance: str, after: str = "") -> str:
    """Return the name of a run that begins now, and after another one of its prober, whatever the clock says.

    Args:
        now: Unix seconds.
        chance: eight hexadecimal digits that nobody else has.
        after: the name of a run, if one is known.
    """
    found = _NAMED.fullmatch(after)
    began = max(round(now * 1000), 0 if found is None else int(found[1]) + 1)
    return f"{began:013}-{chance}"


def is_over(run: str, known: str) -> bool:
    """Tell whether a run came before another one of its prober; of names that were made otherwise none did."""
    return run < known and bool(_NAMED.fullmatch(run)) and bool(_NAMED.fullmatch(known))


class Last(NamedTuple):
    """The last report of a prober that was taken: of which run, its number, and the position of its entry."""

    run: str = ""
    number: int = 0
    position: int = 0


class Taken:
    """The last reports that were taken, of probers of which the picture does not know it yet."""

    def __init__(self) -> None:
        self._last: dict[str, Last] = {}

    def __len__(self) -> int:
        return len(self._last)

    def last(self, prober: str, runs: Mapping[str, tuple[str, int]]) -> Last:
        """Return the last that was taken of a prober; `runs` is what the picture knows."""
        return self._last.get(prober) or Last(*runs.get(prober, ("", 0)))

    def note(self, prober: str, last: Last) -> None:
        """Note that a report was taken."""
        self._last[prober] = last

    def forget(self, runs: Mapping[str, tuple[str, int]], written: int) -> None:
        """Forget what the picture knows, if it is written too: a prober is not answered before."""
        for prober, last in tuple(self._last.items()):
            if last.position <= written and runs.get(prober) == (last.run, last.number):
                del self._last[prober]
