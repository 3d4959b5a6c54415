"""Of two runs of a prober it is known by their names which came later, whatever clocks say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netmon.sharing.runs import is_over, new_run

moments = st.floats(0.0, 9e9)
chances = st.integers(0, 2**32 - 1).map("{:08x}".format)


@given(moments, moments, chances, chances)
def test_a_run_that_knows_of_another_comes_after_it_even_when_the_clock_was_set_back(
    one: float, other: float, first: str, second: str
) -> None:
    earlier = new_run(one, first)
    later = new_run(other, second, earlier)
    assert is_over(earlier, later)
    assert not is_over(later, earlier)
    assert not is_over(later, later)
    assert is_over(new_run(1.0, first), new_run(1.001, second))


def test_of_names_that_were_made_otherwise_none_is_over() -> None:
    for odd in ("", "r", "f" * 32, "0" * 32, "2026-11"):
        assert not is_over(odd, new_run(1e9, "00000000"))
        assert not is_over(new_run(1.0, "00000000"), odd)
    assert new_run(1.0, "0000000a", after="r") == "0000000001000-0000000a"
