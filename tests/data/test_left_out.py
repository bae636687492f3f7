"""A column that gives the network nothing."""

import json

import numpy as np
import polars as pl

from caviar.data.left_out import LeftOut


def test_column_left_out_fills_nothing_and_remembers_why() -> None:
    encoding = LeftOut("id", "nearly all distinct", "identifier")
    inputs = np.ones((2, 0), dtype=np.float32)
    encoding.write(pl.Series(["a", "b"]), inputs)
    assert encoding.input_names == ()
    assert (encoding.kind, encoding.summary, encoding.why) == ("identifier", "left out", "nearly all distinct")
    assert LeftOut.from_json("id", encoding.why, json.loads(json.dumps(encoding.to_json()))) == encoding
