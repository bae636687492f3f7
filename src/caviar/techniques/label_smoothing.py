"""Label smoothing: a share s of each label is spread over all classes. Notes 3.9.

    y' = (1 − s) · y + s / C

Szegedy et al., 2016, arXiv 1512.00567.
"""

from collections.abc import Mapping

from torch import Tensor


def smoothing_column(columns: Mapping[str, Tensor], like: Tensor) -> Tensor | None:
    """The members' s in [0, 1), shaped and typed to go with `like` (member, …); None where no member smooths.

    Only on the CPU is looked whether all are 0: elsewhere the look would cost more than the arithmetic. Leaving
    "label_smoothing" out of the columns says so without a look.
    """
    smoothing = columns.get("label_smoothing")
    if smoothing is None or (smoothing.device.type == "cpu" and not smoothing.any()):
        return None
    return smoothing.to(like.dtype).view(-1, *[1] * (like.dim() - 1))


def smooth_binary(targets: Tensor, smoothing: Tensor | None) -> Tensor:
    """(1 − s) · y + s / 2, or y without smoothing. `targets` y in [0, 1] and `smoothing` s broadcast."""
    return targets if smoothing is None else (1 - smoothing) * targets + smoothing / 2
