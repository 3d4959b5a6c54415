"""A lease never has two holders, whatever is delayed, lost or paused; and a free one is taken."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from netmon.journal.claim import STAND_BACK, TERM, Claim, Step


def test_a_lease_that_is_free_or_has_run_out_is_taken_and_one_that_is_held_is_not() -> None:
    claim = Claim("a")
    assert claim.step(0.0) is Step.TAKE
    held = claim.wrote(1, sent=5.0)
    assert held.is_mine(5.0 + TERM - 0.1)
    assert not held.is_mine(5.0 + TERM)
    assert held.step(7.0) is Step.RENEW
    other = Claim("b").saw(1, "a", now=100.0)
    assert other.step(100.0 + TERM - 0.1) is Step.WAIT
    assert other.saw(1, "a", now=102.0).step(100.0 + TERM) is Step.TAKE
    assert other.saw(2, "a", now=102.0).step(100.0 + TERM) is Step.WAIT
    assert other.saw(3, "", now=101.0).step(101.0) is Step.TAKE


def test_a_renewal_that_came_through_unheard_is_not_counted_on() -> None:
    claim = Claim("a").wrote(1, sent=5.0).saw(2, "a", now=6.0)
    assert not claim.is_mine(6.0)
    assert claim.step(6.0) is Step.RENEW


def test_who_found_another_acting_takes_nothing_until_that_one_had_time_to_write_itself_in() -> None:
    back = Claim("a").wrote(1, sent=5.0).stood_back(6.0)
    assert not back.is_mine(6.1), "although its renewal has not run out"
    assert back.step(6.0 + STAND_BACK * TERM - 0.1) is Step.WAIT
    assert back.step(6.0 + STAND_BACK * TERM) is Step.RENEW, "nobody came"
    assert not back.is_mine(6.0 + STAND_BACK * TERM)
    taken = back.saw(2, "b", now=7.0)
    assert taken.step(7.0 + TERM) is Step.WAIT, "the other may just have died, and this one only stands back"


@dataclass
class World:
    """The key as the servers have it, and contenders whose clocks differ."""

    revision: int = 0
    holder: str = ""
    claims: dict[str, Claim] = field(default_factory=lambda: {name: Claim(name) for name in "abc"})


moves = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["look", "look", "lose answer", "give up"]),
        st.integers(0, 8).map(lambda quarters: quarters / 4),
    ),
    max_size=60,
)


@given(moves, st.tuples(*[st.integers(-1000, 1000)] * 3))
def test_there_are_never_two_holders(moves: list[tuple[str, str, float]], skews: tuple[int, int, int]) -> None:
    world, now = World(), 0.0
    skew = dict(zip("abc", skews, strict=True))
    for name, move, passed in moves:
        claim, sent = world.claims[name], now + skew[name]
        if claim.holder != name:
            claim = claim.saw(world.revision, world.holder, sent)
        step = claim.step(sent)
        now += passed  # the write is on its way, and its answer
        if move == "give up":
            if claim.is_mine(now + skew[name]) and claim.revision == world.revision:
                world.revision, world.holder = world.revision + 1, ""
                claim = Claim(name).saw(world.revision, "", now + skew[name])
        elif step is not Step.WAIT:
            if claim.revision == world.revision:
                world.revision, world.holder = world.revision + 1, name
                if move == "look":
                    claim = claim.wrote(world.revision, sent)
            else:
                claim = claim.saw(world.revision, world.holder, now + skew[name])
        world.claims[name] = claim
        holders = [one for one, each in world.claims.items() if each.is_mine(now + skew[one])]
        assert len(holders) <= 1
