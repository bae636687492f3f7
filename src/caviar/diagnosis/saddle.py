"""Saddle: the gradient is next to nothing, and to some side the loss falls away. Notes 2.10."""

from caviar.core.records import Action, Finding
from caviar.diagnosis.critical_point import critical_point
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health

DISEASE = Disease("saddle", section="2.10")

AT_RANDOM = Action(
    "Start from He's or Xavier's random weights",
    "caviar",
    "The first steps begin away from the saddle, where there is a slope",
    {"init_scheme": "fitting", "init_gain": 1.0},
)
ADAM = Action(
    "Use Adam, or momentum",
    "caviar",
    "Steps keep their length where the gradient is small, and leave along the side that falls",
    {"optimizer": "adam"},
)
SMALLER_BATCHES = Action(
    "Use smaller batches", "caviar", "Their noise pushes the weights off the saddle", {"batch_size": "x0.25"}
)


def saddle(health: Health) -> Finding:
    """Present where the loss is high and stuck, and moving along the direction of least curvature lowers it by 2 %.

    High where that move wins 10 % or more, else medium. See critical_point.py.
    """
    point = critical_point(health)
    if point.kind == "unknown":
        return DISEASE.cannot_tell(f"{point.words}.", **point.figures)
    if point.kind != "saddle":
        return DISEASE.absent(f"{point.words}.", point.sure, **point.figures)
    return DISEASE.present(
        f"{point.words}. It is a saddle, and steps down the gradient take long to leave it.",
        "high" if point.figures["drop"] >= 0.1 else "medium",
        point.sure,
        AT_RANDOM,
        ADAM,
        SMALLER_BATCHES,
        **point.figures,
    )
