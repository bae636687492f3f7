"""From a measured part of the error to a verdict, its severity and how sure it is. Notes 1.2.

A part is *high* when its 95 % interval lies above zero **and** its size is material. It is not high when the interval
rules a material part out, or when it measures less on rows enough to see one. In between the rows are too few to tell.
"""

from scipy.special import ndtr

from caviar.core.records import Severity, Verdict
from caviar.diagnosis.intervals import Interval, Z


def judge(part: Interval, material: float) -> Verdict:
    """Present: high. Absent: not high. Cannot-tell: a material part and none at all both fit the figures."""
    if _reaches(part.estimate, material) and part.low > 0:
        return "present"
    if part.high <= 0 or part.high < material or (part.estimate < material and part.half_width <= material):
        return "absent"
    return "cannot-tell"


def severity(part: Interval, material: float) -> Severity:
    """Low up to twice what is material, medium up to four times, high from there."""
    if _reaches(part.estimate, 4 * material):
        return "high"
    return "medium" if _reaches(part.estimate, 2 * material) else "low"


def confidence(part: Interval, material: float, verdict: Verdict) -> float:
    """Probability that the part is on the verdict's side of `material`, reading the interval as a normal one.

    0 for cannot-tell; 0.5 for figures without an interval, which say nothing about how sure they are.
    """
    if verdict == "cannot-tell":
        return 0.0
    if verdict == "present":
        margin, reach = part.estimate - material, part.estimate - part.low
    else:
        margin, reach = material - part.estimate, part.high - part.estimate
    return float(ndtr(Z * margin / reach)) if reach > 0 else 0.5


def _reaches(size: float, bound: float) -> bool:
    """Whether size ≥ bound; 3 % − 1 % reaches 2 %, though in binary it falls a hair short."""
    return size >= bound * (1 - 1e-9)
