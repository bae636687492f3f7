"""Look at a model that Caviar did not train: a few passes at its present weights, which stay. Notes 1.10, 3.7."""

import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.modules.batchnorm import _BatchNorm

from caviar.core.errors import DataError
from caviar.core.random import global_generator
from caviar.core.records import Finding
from caviar.diagnosis.error_rate import ErrorRate, row_errors
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.foreign_slopes import agreements, checked_gradient, curvature_of
from caviar.diagnosis.forward_observer import ForwardObserver, weight_layers
from caviar.diagnosis.health import Health
from caviar.diagnosis.health_log import HealthLog
from caviar.diagnosis.high_bias import high_bias
from caviar.diagnosis.loss_kind import loss_kind
from caviar.diagnosis.training_diseases import examine, ranked
from caviar.diagnosis.weight_observer import numbers, twin_share

NUM_BATCHES, BATCH_SIZE = 4, 256

Batch = tuple[Tensor, Tensor]


def diagnose_model(model: nn.Module, data: Any, loss: Callable[[Tensor, Tensor], Tensor]) -> list[Finding]:
    """Findings about any PyTorch model at its present weights; its buffers, gradients, modes, random state stay too.

    What shows at one moment is judged: the inputs' columns, backward() against differences, gradients through the
    layers and from batch to batch, dead and saturated units, batch norm's modes, for a loss that is high whether the
    weights are at a saddle, on a plateau or in a minimum, and for classification the error on the given rows. What
    takes steps to see is answered cannot-tell: `watch` sees it.

    Args:
        data: train rows, (features, targets) as tensors or arrays with the row first, or a loader of such batches, of
            which the first four are used.
        loss: (outputs, targets) to a scalar, such as `nn.functional.cross_entropy`.
    """
    health, errors = examine_passes(model, data, loss)
    findings = examine(health)
    if errors is not None:
        findings.append(high_bias(Evidence("error", train_error=ErrorRate.from_rows(errors, "error"))))
    return ranked(findings)


def examine_passes(
    model: nn.Module, data: Any, loss: Callable[[Tensor, Tensor], Tensor]
) -> tuple[Health, np.ndarray | None]:
    """What a pass a batch shows, and per-row mistakes (row,) in test mode; None where the outputs are no classes."""
    device = next((each.device for each in model.parameters()), torch.device("cpu"))
    log, outputs = HealthLog(), []
    losses: list[float] = []
    kind: tuple[str, float | None] = ("", None)
    batches, slopes = list(_batches(data, device)), []
    if not batches:
        raise DataError("the data hold no rows; give at least one batch of (features, targets).")
    check = checked_gradient(model, batches[0], loss)
    with _left_as_it_was(model, device):
        for number, (features, targets) in enumerate(batches, start=1):
            figures, value, shape, gradients = training_pass(model, features, targets, loss, log, twins=True)
            slopes.append([each.flatten() for each in gradients if each.dim() >= 2])
            kind = kind if losses else loss_kind(value, shape)
            losses.append(float(value.detach()))
            log.layers += [name for name in weight_layers(model) if name not in log.layers]
            log.add(number, numbers(figures))
            outputs.append((*_both_modes(model, features), targets))
        curved = curvature_of(model, batches, loss, kind[1])
    missing = {"gradient check": check, "curvature": curved}
    health = log.health(
        num_steps=0,
        losses=np.array(losses),
        loss_steps=np.arange(1, len(losses) + 1),
        from_start=False,
        loss_kind=kind[0],
        known_nothing=kind[1],
        output_change=_output_change(outputs),
        batch_rows=None if _are_rows(data) else log.rows,
        num_rows=len(data[0]) if _are_rows(data) else _num_rows(data),
        agreement=agreements(slopes),
        curvature=None if isinstance(curved, str) else curved,
        gradient_check=None if isinstance(check, str) else check,
        unseen={part: why for part, why in missing.items() if isinstance(why, str)},
    )
    return health, _mistakes(outputs)


def training_pass(
    model: nn.Module,
    features: Tensor,
    targets: Tensor,
    loss: Callable[[Tensor, Tensor], Tensor],
    log: HealthLog,
    twins: bool = False,
) -> tuple[dict[Hashable, Any], Tensor, tuple[int, ...], list[Tensor]]:
    """Forwards and backwards in train mode; batch norm writes into copies, gradients go nowhere near `.grad`.

    Args:
        twins: whether to look for equal units, as at the first steps; later, units that were pruned look alike too,
            and only a whole layer of them tells (bad_initialisation.py).

    Returns:
        Figures under the keys of HealthLog, the loss with its graph, the shape of the model's output, the gradients.
    """
    figures: dict[Hashable, Any] = {}
    model.train()
    observer = ForwardObserver(model, figures, log)
    parameters = {name: each.detach().requires_grad_() for name, each in model.named_parameters()}
    try:
        value = loss(functional_call(model, (parameters, _copied_buffers(model)), (features,)), targets)
    finally:
        observer.close()
    gradients = torch.autograd.grad(value, list(parameters.values()), allow_unused=True, retain_graph=True)
    found = {name: each for name, each in zip(parameters, gradients, strict=True) if each is not None}
    names = {id(each): name for name, each in model.named_parameters()}
    tables = {name for name, each in model.named_modules() if isinstance(each, nn.Embedding)}
    for layer, weights in weight_layers(model).items():
        slopes = [found[names[id(each)]] for each in weights if names[id(each)] in found]
        figures["layer", layer, "weight_norm"] = _joint_norm([each.detach() for each in weights])
        if slopes:
            figures["layer", layer, "gradient_norm"] = _joint_norm(slopes)
        first = names[id(weights[0])]
        shared = twin_share(parameters[first].detach(), found.get(first)) if twins and layer not in tables else None
        if shared is not None:
            figures["layer", layer, "twin_share"] = shared
    if found:
        figures["step", "", "gradient_norm"] = _joint_norm(list(found.values()))
    return figures, value, observer.output_shape, list(found.values())


@torch.no_grad()
def _both_modes(model: nn.Module, features: Tensor) -> tuple[Any, Any]:
    """Outputs with batch norm in train mode and in test mode; all else, such as dropout, is in test mode for both."""
    model.eval()
    tested = functional_call(model, _copied_buffers(model), (features,))
    norms = [each for each in model.modules() if isinstance(each, _BatchNorm)]
    if not norms:
        return tested, tested
    for each in norms:
        each.train()
    return functional_call(model, _copied_buffers(model), (features,)), tested


@contextmanager
def _left_as_it_was(model: nn.Module, device: torch.device) -> Iterator[None]:
    """Each module's mode and torch's random state come back, whatever happens."""
    modes = {each: each.training for each in model.modules()}
    try:
        with global_generator(0, device):
            yield
    finally:
        for module, training in modes.items():
            module.training = training


def _batches(data: Any, device: torch.device) -> Iterable[Batch]:
    """The first batches: of a loader as it gives them, of rows the first ones in batches of 256."""
    if _are_rows(data):
        features, targets = (torch.as_tensor(each) for each in data)
        if len(features) != len(targets):
            raise DataError(f"features have {len(features):,} rows and targets {len(targets):,}; give one each.")
        pairs: Iterable[Any] = zip(features.split(BATCH_SIZE), targets.split(BATCH_SIZE), strict=True)
    else:
        pairs = data
    for batch in itertools.islice(pairs, NUM_BATCHES):
        if not (isinstance(batch, tuple | list) and len(batch) == 2):
            raise DataError("a batch must be (features, targets); wrap the loader to give pairs of tensors.")
        features, targets = (torch.as_tensor(each).to(device) for each in batch)
        if len(features):
            yield features, targets


def _are_rows(data: Any) -> bool:
    """Whether they are (features, targets) and no loader."""
    return isinstance(data, tuple | list) and len(data) == 2 and all(hasattr(each, "shape") for each in data)


def _num_rows(loader: Any) -> int | None:
    """Of a torch loader's data set; None where it does not say."""
    try:
        return len(loader.dataset)
    except (AttributeError, TypeError):
        return None


def _classes(output: Any, targets: Tensor) -> Tensor | None:
    """(row,) the class that is predicted; None unless the outputs are (row, class) and the targets (row,) numbers."""
    if not isinstance(output, Tensor) or output.dim() != 2 or output.shape[1] < 2:
        return None
    return None if targets.is_floating_point() or targets.dim() != 1 else output.argmax(dim=1)


def _mistakes(outputs: list[tuple[Any, Any, Tensor]]) -> np.ndarray | None:
    predicted = [(_classes(tested, targets), targets) for _, tested, targets in outputs]
    if any(classes is None for classes, _ in predicted):
        return None
    rows = [
        row_errors(each.cpu().numpy(), targets.cpu().numpy(), "multiclass")
        for each, targets in predicted
        if each is not None
    ]
    return np.concatenate(rows)


def _output_change(outputs: list[tuple[Any, Any, Tensor]]) -> float | None:
    """Share of rows whose predicted class depends on batch norm's mode; None where outputs are no classes."""
    changed = []
    for trained, tested, targets in outputs:
        ours, theirs = _classes(trained, targets), _classes(tested, targets)
        if ours is None or theirs is None:
            return None
        changed.append((ours != theirs).float())
    return float(torch.cat(changed).mean())


def _copied_buffers(model: nn.Module) -> dict[str, Tensor]:
    return {name: each.clone() for name, each in model.named_buffers()}


def _joint_norm(tensors: list[Tensor]) -> Tensor:
    """‖·‖ of several tensors as if they were one."""
    return torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(each) for each in tensors]))
