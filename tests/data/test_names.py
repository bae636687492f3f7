"""Names of columns."""

import pytest

from caviar.core.errors import DataError
from caviar.data.names import check_names, header_hint


def test_distinct_names_pass() -> None:
    check_names(["a", "A", "b"], "new.csv")


def test_many_names_that_come_twice_are_not_all_listed() -> None:
    with pytest.raises(DataError) as caught:
        check_names([f"n{place % 50}" for place in range(100)], "new.csv")
    assert "'n4' (columns 5, 55)" in str(caught.value) and "'n5'" not in str(caught.value)


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["39", "State-gov", "77516", "Bachelors"], "row of cells"),
        (["5.1", "3.5", "setosa"], "row of cells"),
        (["1", "1", "x"], "row of cells"),
        (["0", "1", "2", "digit"], ""),
        (["7", "digit"], ""),
        (["size", "colour"], ""),
        (["country", "2018", "2019", "2022"], ""),
        (["size colour answer"], "If blanks separate"),
    ],
)
def test_a_header_that_is_none_is_hinted_at(names: list[str], hint: str) -> None:
    assert hint in header_hint(names) if hint else header_hint(names) == ""
