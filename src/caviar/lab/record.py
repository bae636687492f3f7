"""What an experiment leaves in a folder: its picture, NAME.svg, and its figures with the machine's, NAME.json."""

from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure

from caviar.core.environment import environment
from caviar.core.files import write_json
from caviar.lab.picture import write_picture

DECISIVE = ("python", "torch", "numpy", "scikit-learn", "cpu", "cores", "threads")
"""Of the environment, what may change a figure; the kernel and the packages that no experiment uses stay out."""


def write_record(folder: Path, outcome: dict[str, Any], picture: Figure) -> Path:
    """Write both, each whole or not at all, and return the picture's path.

    Args:
        folder: is there already.
        outcome: all that was measured, with the experiment's `name`; plain values, written as they are.
    """
    path: Path = folder / f"{outcome['name']}.svg"
    write_picture(picture, path)
    machine = environment(torch.get_num_threads())
    write_json(path.with_suffix(".json"), outcome | {"environment": {name: machine[name] for name in DECISIVE}})
    return path
