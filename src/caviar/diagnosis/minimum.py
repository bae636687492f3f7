"""Minimum: training has arrived, and the loss is high all the same. Notes 1.3, 2.10."""

from caviar.core.records import Action, Finding
from caviar.diagnosis.critical_point import critical_point
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health

DISEASE = Disease("minimum", section="2.10")

BIGGER = Action("Use a bigger network", "caviar", "The loss gets directions in which it falls", {"widen": True})
FEATURES = Action(
    "Look whether the features tell the target at all: try trees on them, look at the labels",
    "you",
    "More steps lower nothing; what is missing is in the rows or in the network's size",
)


def minimum(health: Health) -> Finding:
    """Present where the loss is half of knowing nothing's or more, stuck, and curves up all around: low.

    It says that the optimiser has done what it can. See critical_point.py.
    """
    point = critical_point(health)
    if point.kind == "unknown":
        return DISEASE.cannot_tell(f"{point.words}.", **point.figures)
    if point.kind != "minimum":
        return DISEASE.absent(f"{point.words}.", point.sure, **point.figures)
    return DISEASE.present(
        f"{point.words}. It is a minimum: neither more steps nor another optimiser will lower it much.",
        "low",
        point.sure,
        BIGGER,
        FEATURES,
        **point.figures,
    )
