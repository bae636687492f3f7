"""Small data sets that tests of the doors share."""

import numpy as np
import polars as pl


def made_table(rows: int = 240, seed: int = 0) -> pl.DataFrame:
    """Numbers and a category, two classes that follow from them but for some noise, and a number to predict."""
    generator = np.random.default_rng(seed)
    size, colour = generator.normal(size=rows), generator.choice(["red", "green", "blue"], size=rows)
    noise = 0.3 * generator.normal(size=rows)
    bought = np.where(size + (colour == "red") + noise > 0.5, "yes", "no")
    return pl.DataFrame({"size": size, "colour": colour, "bought": bought, "price": 100 + 20 * size + 5 * noise})


def made_arrays(rows: int = 90, inputs: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features (row, input) and classes (row,), 0 or 1."""
    features = np.random.default_rng(seed).normal(size=(rows, inputs)).astype(np.float32)
    return features, (features[:, 0] * features[:, 1] > 0).astype(np.int64)
