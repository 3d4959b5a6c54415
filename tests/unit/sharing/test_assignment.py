"""Who probes what: everybody comes to the same shares, and nothing moves that need not."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from netmon.events import Member
from netmon.sharing.assignment import assign
from tests.draws import chances

ZONES = ("", "35", "35.23", "35.23.12", "35.23.1", "36")
LETTERS = "abcdefgh-0123"
WEIGHTS = (0.5, 1.0, 1.0, 3.0)


def _names(chance: Random, count: int) -> list[str]:
    return ["".join(chance.choices(LETTERS, k=chance.randint(1, 6))) for _ in range(count)]


def _members(chance: Random, count: int) -> list[Member]:
    names = dict.fromkeys(_names(chance, count))
    return [Member(name, "noc", chance.choice(ZONES), chance.choice(WEIGHTS)) for name in names]


def _targets(chance: Random, count: int) -> dict[str, str]:
    return {name: chance.choice(ZONES) for name in _names(chance, count)}


members = st.builds(_members, chances, st.integers(1, 6))
targets = st.builds(_targets, chances, st.integers(0, 40))


@given(targets, members, chances)
def test_everybody_comes_to_the_same_shares_and_every_target_has_one(
    wanted: dict[str, str], there: list[Member], random: Random
) -> None:
    shares = assign(wanted, there)
    assert shares.keys() == wanted.keys()
    assert set(shares.values()) <= {member.name for member in there}
    shuffled, turned = sorted(there, key=lambda _: random.random()), dict(reversed(wanted.items()))
    assert assign(turned, shuffled) == shares
    assert assign(wanted, []) == {}


@given(targets, members)
def test_who_leaves_gives_only_its_own_and_who_joins_takes_only_what_it_keeps(
    wanted: dict[str, str], there: list[Member]
) -> None:
    *rest, one = there
    with_it, without = assign(wanted, there), assign(wanted, rest)
    if rest:
        assert all(without[name] == keeper for name, keeper in with_it.items() if keeper != one.name)
    moved = {name for name in without if without[name] != with_it[name]}
    assert all(with_it[name] == one.name for name in moved)


@given(targets, members)
def test_a_target_is_alone_with_its_choice_and_goes_to_its_own_zone_first(
    wanted: dict[str, str], there: list[Member]
) -> None:
    for name, keeper in assign(wanted, there).items():
        assert assign({name: wanted[name]}, there) == {name: keeper}
        fits = {one.name: fit(one.zone, wanted[name]) for one in there}
        assert fits[keeper] == max(fits.values())


def fit(zone: str, place: str) -> int:
    if zone == "":
        return 1
    return 1 + len(zone) if (place + ".").startswith(zone + ".") else 0


def test_shares_are_as_the_weights_and_do_not_change_from_version_to_version() -> None:
    wanted = {f"rtr-{number}": "" for number in range(3000)}
    there = [Member("a", "noc"), Member("b", "noc", weight=2.0), Member("c", "noc", weight=3.0)]
    shares = assign(wanted, there)
    counts = [list(shares.values()).count(name) for name in "abc"]
    assert all(abs(count - expected) < 100 for count, expected in zip(counts, (500, 1000, 1500), strict=True))
    # Probers of two versions must not both, or neither, think that a target is theirs.
    assert [shares[f"rtr-{number}"] for number in range(12)] == list("cabaacccbbcc")
    heavier = [replace(there[0], weight=2.0), *there[1:]]
    after = assign(wanted, heavier)
    assert {keeper for name, keeper in after.items() if keeper != shares[name]} == {"a"}
