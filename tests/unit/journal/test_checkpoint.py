"""Which checkpoints stay as time passes."""

from __future__ import annotations

from itertools import pairwise

from netmon.journal.checkpoint import DAY, Checkpoint, Stamp, superfluous


def kept_after(days: float, every: float) -> list[Stamp]:
    """Return what is kept when one is written each `every` seconds for so many days, from some midnight on."""
    kept: list[Stamp] = []
    start = 19_700 * DAY
    for number in range(int(days * DAY / every)):
        kept.append(Stamp(number + 1, start + number * every, is_base=False))
        gone = set(superfluous(kept))
        kept = [stamp for stamp in kept if stamp.position not in gone]
    return kept


def test_a_year_is_some_thirty_checkpoints_one_a_day_at_first() -> None:
    kept = kept_after(365.0, 6 * 3_600.0)
    ages = [(kept[-1].at - stamp.at) / DAY for stamp in kept]
    assert len(kept) <= 32
    recent = [age for age in ages if age <= 14.0]
    assert all(one - other <= 1.0 for one, other in pairwise(recent))
    assert max(one - other for one, other in pairwise(ages)) <= 45.0
    assert max(ages) > 360.0


def test_the_newest_two_and_every_base_stay() -> None:
    stamps = [Stamp(1, 10.0, is_base=False), Stamp(2, 11.0, is_base=True), Stamp(3, 12.0, is_base=False)]
    stamps += [Stamp(4, 13.0, is_base=False), Stamp(5, 14.0, is_base=False)]
    assert superfluous(stamps) == (3,)
    assert superfluous([]) == ()


def test_a_seal_breaks_with_anything_in_it() -> None:
    sealed = Checkpoint(7, 1.5, "f", b"content").sealed()
    assert sealed.is_whole
    for other in (
        Checkpoint(8, 1.5, "f", b"content", digest=sealed.digest),
        Checkpoint(7, 1.6, "f", b"content", digest=sealed.digest),
        Checkpoint(7, 1.5, "g", b"content", digest=sealed.digest),
        Checkpoint(7, 1.5, "f", b"contenT", digest=sealed.digest),
        Checkpoint(7, 1.5, "f", b"content"),
    ):
        assert not other.is_whole
