"""The names of a prober's starts, its runs: of two it can be told which came later. Pure.

What a run tells is taken once by the numbers of its reports, which are remembered for the last run of each prober
alone. A word of an earlier run may still be on its way, told for the second time, when the next is heard. By its name
it is known to be over, so that nothing has to be remembered of it.
"""

from __future__ import annotations

import re

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
