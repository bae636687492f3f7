"""One number for the content."""

import datetime
import hashlib
import itertools
import struct

import polars as pl

from caviar.data.fingerprint import fingerprint

DAY = datetime.datetime(2024, 1, 31)


def test_it_is_the_sha256_of_the_raw_values() -> None:
    frame = pl.DataFrame(
        {"n": [1.5, None, -0.0], "c": ["a", None, "é"], "b": [True, None, False], "d": [DAY, None, DAY]}
    )
    day = int(DAY.replace(tzinfo=datetime.UTC).timestamp() * 1_000_000)
    content = [
        b"3",
        b"|n|values|",
        struct.pack("<3d", 1.5, float("nan"), 0.0),
        b"|c|text|",
        struct.pack("<3q", 1, -1, 2),
        "aé".encode(),
        b"|b|values|",
        struct.pack("<3b", 1, -1, 0),
        b"|d|values|",
        struct.pack("<3q", day, -(2**63), day),
    ]
    assert fingerprint(frame) == hashlib.sha256(b"".join(content)).hexdigest()


def test_equal_content_has_one_fingerprint_and_any_change_another() -> None:
    base = {"n": [1.0, 2.0], "c": ["ab", "c"], "b": [True, False]}
    same = [
        pl.DataFrame(base),
        pl.concat([pl.DataFrame(base)[:1], pl.DataFrame(base)[1:]]),
        pl.DataFrame(base)[::-1][::-1],
    ]
    assert len({fingerprint(frame) for frame in same}) == 1
    others = [
        base | {"n": [1.0, 2.5]},
        base | {"c": ["a", "bc"]},
        base | {"c": ["ab", None]},
        base | {"c": ["ab", ""]},
        base | {"b": [True, None]},
        {"m": base["n"], "c": base["c"], "b": base["b"]},
        {key: base[key] for key in "ncb"[::-1]},
        base | {"n": ["1.0", "2.0"]},
        {name: values[::-1] for name, values in base.items()},
        base | {"n": [None, None]},
    ]
    prints = [fingerprint(pl.DataFrame(columns, strict=False)) for columns in (base, *others)]
    assert all(first != second for first, second in itertools.combinations(prints, 2))


def test_both_zeros_are_one() -> None:
    assert fingerprint(pl.DataFrame({"n": [0.0]})) == fingerprint(pl.DataFrame({"n": [-0.0]}))
