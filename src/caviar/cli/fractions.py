"""Errors and shares as people type them: "2%" and "0.02" are the same."""

import math

from caviar.core.errors import SettingsError


def parse_fraction(text: str) -> float:
    """The number that `text` stands for; a per cent sign divides by 100. Ranges are checked where settings are made.

    Raises:
        SettingsError: `text` is neither a finite number nor one followed by a per cent sign.
    """
    bare = text.strip()
    per_cent = bare.endswith("%")
    try:
        value = float(bare.removesuffix("%").strip())
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SettingsError(f"an error or a share must be a number such as 0.02, or per cent such as 2%; got {text!r}.")
    return value / 100 if per_cent else value
