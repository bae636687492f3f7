"""`diagnose`: what holds a finished run back, or any model by its errors."""

from pathlib import Path
from typing import Any

from torch import nn

from caviar.api.runs import Run
from caviar.core.errors import SettingsError
from caviar.core.records import Finding
from caviar.diagnosis.bare_figures import BareFigures
from caviar.diagnosis.foreign import diagnose_model
from caviar.diagnosis.saved_findings import saved_findings


def diagnose(
    subject: Run | str | Path | nn.Module | None = None, data: Any = None, loss: Any = None, **figures: Any
) -> list[Finding]:
    """Every disease, found present, absent or impossible to tell; the present ones first, the gravest ahead.

    Args:
        subject: a run or its folder, for the findings it has saved; any PyTorch model, for what its present weights
            show (diagnosis/foreign.py); or None, for a diagnosis of bare figures.
        data, loss: beside a model: its train rows, (features, targets) or a loader, and (outputs, targets) → scalar.
        figures: the fields of diagnosis/bare_figures.py's BareFigures, such as `train_error=0.01, dev_error=0.11,
            rows=10_000`; errors are fractions, or in the target's units with `metric="rmse"`.

    Raises:
        SettingsError: a figure that cannot be, or figures beside a run. RunError: no finished run.
    """
    if subject is None:
        return BareFigures(**figures).findings()
    if figures:
        raise SettingsError(f"a run or a model has its own figures: leave out the run, or {', '.join(figures)}.")
    if isinstance(subject, nn.Module):
        if data is None or loss is None:
            raise SettingsError("a model is diagnosed with rows and a loss: caviar.diagnose(model, (x, y), loss).")
        return diagnose_model(subject, data, loss)
    return saved_findings(subject.folder if isinstance(subject, Run) else Path(subject))
