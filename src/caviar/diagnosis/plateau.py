"""Plateau: neither slope nor curvature in most of the network, so that steps lead nowhere. Notes 2.10."""

from caviar.core.records import Action, Finding
from caviar.diagnosis.critical_point import critical_point
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health

DISEASE = Disease("plateau", section="2.10")

NORMALISE = Action(
    "Turn batch norm on", "caviar", "Units work where they have a slope, in every layer", {"batch_norm": True}
)
START_ANEW = Action(
    "Start again from He's weights, with ReLU or GELU",
    "caviar",
    "Signal and gradient keep their size through the layers",
    {"activation": "gelu", "init_scheme": "he", "init_gain": 1.0},
)
ADAM = Action("Use Adam", "caviar", "Steps keep their length, however small the gradient is", {"optimizer": "adam"})


def plateau(health: Health) -> Finding:
    """Present where the loss is high and stuck, and most of the network can be moved without changing it.

    High where the loss is nine tenths of knowing nothing's or more, else medium. See critical_point.py.
    """
    point = critical_point(health)
    if point.kind == "unknown":
        return DISEASE.cannot_tell(f"{point.words}.", **point.figures)
    if point.kind != "plateau":
        return DISEASE.absent(f"{point.words}.", point.sure, **point.figures)
    return DISEASE.present(
        f"{point.words}. It is a plateau: the network is out of reach of its gradient.",
        "high" if point.figures["loss"] >= 0.9 * point.figures["known_nothing"] else "medium",
        point.sure,
        NORMALISE,
        START_ANEW,
        ADAM,
        **point.figures,
    )
