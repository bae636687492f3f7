"""The cohorts whose settings are drawn: the first random search, and finer ones around the best. Notes 3.1, 3.2."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from caviar.networks.mlp import MLP
from caviar.recipe.plans import FEWEST_EPOCHS, Shape, coarse_epochs, first_shapes
from caviar.recipe.setups import Setup
from caviar.search.spaces import Space

LINEAR = MLP(hidden=())


@dataclass(frozen=True)
class Search:
    """A cohort to train: what it is for, its shape and length, and where its settings come from.

    zoomed: drawn around the best trials so far; else from all of `space`. setup: where nothing is drawn, and all
    members have these settings.
    """

    name: str
    finding: str
    action: str
    expected: str
    shape: Shape
    epochs: int
    space: Space
    zoomed: bool = True
    setup: Setup | None = None


def baseline(num_rows: int, is_regression: bool, space: Space) -> Search:
    """First a quick system: logistic or linear regression, which every later network has to beat."""
    shape = Shape(LINEAR, first_shapes(num_rows)[0].batch_size)
    kind = "linear" if is_regression else "logistic"
    epochs = max(FEWEST_EPOCHS, coarse_epochs(num_rows, shape.batch_size) // 2)
    few = Space({name: space[name] for name in ("learning_rate", "weight_decay")})
    action = f"a quick baseline: {kind} regression"
    return Search("baseline", "none", action, "a first error to improve on", shape, epochs, few)


def random_search(shape: Shape, num_rows: int, space: Space) -> Search:
    """Many settings of one shape, drawn at random on their scales."""
    epochs = coarse_epochs(num_rows, shape.batch_size)
    expected = "dev error falls below the baseline's"
    return Search("random search", "none", f"random search: {shape}", expected, shape, epochs, space, zoomed=False)


def finer_searches(
    shapes: Sequence[Shape], setup: Setup, space: Space, without_gain: Set[tuple[str, str]]
) -> list[Search]:
    """Zooming in: on the shape of the best setup, then on the others, the best first, and on a wider one.

    Args:
        without_gain: (name, action) of searches that brought nothing; they are not made again.
    """
    best = setup.shape
    found: dict[Shape, Search] = {}
    for shape in (best, *shapes, best.wider()):
        name = "zoom" if shape == best else "zoom-other"
        expected = "dev error falls a little" if shape == best else "another kind of network helps the ensemble"
        action = f"finer search around {shape}"
        if (name, action) not in without_gain:
            found.setdefault(shape, Search(name, "none", action, expected, shape, setup.epochs, space))
    return list(found.values())
