"""Tables tried in one test: no row is left out, and each that fails is told with its values."""

from __future__ import annotations

import inspect

import pytest

from tests.rows import every_row

SEEN: list[tuple[int, str]] = []


@every_row(("number", "word"), [(1, "one"), (2, "two"), (3, "three")])
def test_every_row_is_tried(number: int, word: str) -> None:
    SEEN.append((number, word))
    assert [(1, "one"), (2, "two"), (3, "three")][:number] == SEEN


def test_of_rows_that_fail_each_is_told_and_the_others_are_tried() -> None:
    tried: list[int] = []

    @every_row("number", (1, 2, 3, 4))
    def is_odd(number: int) -> None:
        tried.append(number)
        assert number % 2, "even"

    with pytest.raises(BaseExceptionGroup, match="2 of 4 rows") as raised:
        is_odd()
    assert tried == [1, 2, 3, 4]
    assert [error.__notes__ for error in raised.value.exceptions] == [["in row 1: number=2"], ["in row 3: number=4"]]


def test_one_row_that_fails_is_raised_as_it_is_also_where_nothing_was_raised_that_was_to_be() -> None:
    @every_row(("text", "base"), [("x", 10), ("1", 2)])
    def is_no_number(text: str, base: int) -> None:
        with pytest.raises(ValueError, match="invalid literal"):
            int(text, base)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE") as raised:
        is_no_number()
    assert raised.value.__notes__ == ["in row 1: text='1', base=2"]


def test_it_is_a_test_of_its_own_name_that_asks_for_no_fixture() -> None:
    @pytest.mark.quirk("maker", "what")
    @every_row("number", [1])
    def named(number: int) -> None:
        """Say what it says."""

    assert (named.__name__, named.__doc__) == ("named", "Say what it says.")
    assert not inspect.signature(named).parameters
    with pytest.raises(AssertionError):
        every_row("number", [])
    with pytest.raises(ValueError, match="zip"):
        every_row(("one", "two"), [(1,)])(lambda one, two: None)()
