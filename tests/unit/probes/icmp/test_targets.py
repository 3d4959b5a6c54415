"""Targets keep their slots while others come and go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.errors import ConfigError
from netmon.probes.icmp.targets import IcmpTarget, Prefixes, change_targets, check_targets


def target(number: int, address: int | None = None) -> IcmpTarget:
    return IcmpTarget(f"n{number}", f"198.18.0.{number if address is None else address}", 1.0)


LISTS = st.lists(st.integers(1, 40), unique=True, max_size=40)


@given(LISTS, LISTS)
def test_who_stays_keeps_the_slot_and_no_slot_is_given_twice(before: list[int], after: list[int]) -> None:
    first = change_targets({}, {}, [target(number) for number in before], 4)
    known = {target(number).node: target(number) for number in before}
    second = change_targets(first.slots, known, [target(number) for number in after], first.capacity)
    assert set(second.slots) == {f"n{number}" for number in after}
    assert len(set(second.slots.values())) == len(after)
    assert all(0 <= slot < second.capacity for slot in second.slots.values())
    for number in set(before) & set(after):
        assert second.slots[f"n{number}"] == first.slots[f"n{number}"]
    assert {node for node, _ in second.removed} == {f"n{number}" for number in set(before) - set(after)}
    freed = {slot for _, slot in second.removed}
    assert not freed & {second.slots[new.node] for new in second.added}


def test_a_new_address_is_a_new_target() -> None:
    first = change_targets({}, {}, [target(1)], 4)
    second = change_targets(first.slots, {"n1": target(1)}, [target(1, address=9)], first.capacity)
    assert [new.node for new in second.added] == ["n1"]
    assert second.removed == (("n1", first.slots["n1"]),)
    assert second.slots["n1"] != first.slots["n1"]


def test_everything_wrong_with_a_list_is_said_at_once() -> None:
    wrong = [
        IcmpTarget("a", "198.18.0.1", 1.0),
        IcmpTarget("a", "198.18.0.2", 1.0),
        IcmpTarget("b", "example.test", 1.0),
        IcmpTarget("c", "fe80::1%eth0", 1.0),
        IcmpTarget("d", "198.18.0.3", 0.0),
        IcmpTarget("e", "198.18.0.4", float("nan")),
    ]
    with pytest.raises(ConfigError) as caught:
        check_targets(wrong, {})
    for part in ("a is listed twice", "'example.test' is not", "c: fe80::1%eth0 has a zone", "d: an", "e: an"):
        assert part in str(caught.value)


def test_prefixes_are_those_of_the_address_family() -> None:
    addresses = ["198.18.0.1", "198.18.0.200", "198.18.1.1", "2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"]
    prefixes = Prefixes()
    assert prefixes.of(addresses).tolist() == [0, 0, 1, 2, 2, 3]
    assert prefixes.of(["198.18.1.9", "198.18.0.1"]).tolist() == [1, 0]
    assert prefixes.of([]).tolist() == []
