"""Input normalisation, fitted on the train rows alone (LeCun et al., 1998, doi 10.1007/3-540-49430-8_2). Notes 1.9.

What `caviar fit` does with the columns of a table, outliers included, stands in data/scaling.py.
"""

import torch
from torch import Tensor

from caviar.core.errors import DataError


def mean_and_deviation(train: Tensor) -> tuple[Tensor, Tensor]:
    """What `normalise` subtracts and divides by: of each feature, or of each channel of pictures.

        μ = 1/m Σ x,    σ² = 1/m Σ (x − μ)²

    A feature that is the same in all rows has σ 1: it becomes 0, instead of 0 / 0.

    Args:
        train: the train rows and no others, (row, feature) or (row, channel, height, width), at least one row.

    Returns:
        μ, σ: (1, feature) or (1, channel, 1, 1), in single precision at least, σ above 0.

    >>> train, dev = torch.tensor([[1.0, 7.0], [3.0, 7.0]]), torch.tensor([[5.0, 7.0]])
    >>> mean, deviation = mean_and_deviation(train)
    >>> normalise(train, mean, deviation).tolist(), normalise(dev, mean, deviation).tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [[3.0, 0.0]])
    """
    if train.dim() < 2 or not train.numel():
        raise DataError(f"normalisation is fitted on (row, feature) with at least one row; got {tuple(train.shape)}.")
    values = train.to(torch.promote_types(train.dtype, torch.float32))
    axes = [axis for axis in range(train.dim()) if axis != 1]
    mean = values.mean(axes, keepdim=True)
    deviation = (values - mean).square().mean(axes, keepdim=True).sqrt()
    constant = values.amax(axes, keepdim=True) == values.amin(axes, keepdim=True)
    return mean, torch.where(constant, 1, deviation)


def normalise(features: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """(x − μ) / σ with the train rows' μ and σ, for dev, test and new rows too, which must go through the same map.

    Args:
        features: (row, feature) or (row, channel, height, width), of any rows.
        mean, deviation: from `mean_and_deviation`.

    Returns:
        Shaped like the features, in single precision at least.
    """
    return (features - mean) / deviation
