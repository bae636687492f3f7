"""How sure a verdict is, from how far its figure lies beyond the limit. Notes 1.2."""

import math

from scipy.special import ndtr

DOUBT = math.log(2)  # limits of this kind hold to a factor of two


def sureness(figure: float, limit: float, doubt: float = DOUBT) -> float:
    """Φ(|log(figure / limit)| / doubt): ½ at the limit itself, 0.84 at twice it or half of it, 0.98 at four times.

    A figure of 0 or without end is as sure as can be, 0.99: the rule may be wrong all the same.

    Args:
        figure, limit: of the same unit, at least 0; the limit above 0.
        doubt: of the limit, as the logarithm of a factor.
    """
    if figure <= 0 or not math.isfinite(figure):
        return MOST
    return min(MOST, float(ndtr(abs(math.log(figure / limit)) / doubt)))


def sureness_of(estimate: float, limit: float, error: float) -> float:
    """Φ(|estimate − limit| / error), for a figure with a standard error."""
    if not math.isfinite(estimate):
        return 0.5
    return min(MOST, float(ndtr(abs(estimate - limit) / error))) if error > 0 else MOST


MOST = 0.99
