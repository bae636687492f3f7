"""K models of one network as one matrix: row k of `parameters` (K × P) holds every weight of model k.

Gradients and optimiser moments are matrices of the same shape, hyperparameters are columns of K values. Dropping losers
is `parameters[keep]`; one model alone is K = 1.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from caviar.core.errors import SettingsError
from caviar.core.random import stream
from caviar.population.forward import Forward, Fused, Traits, widest_activation
from caviar.population.fused_update import FusedUpdate, can_fuse
from caviar.population.layout import Layout
from caviar.population.settings import Settings
from caviar.population.ways import forward_for
from caviar.techniques.first_weights import initialise
from caviar.techniques.losses import LOSSES, Loss, mean_loss
from caviar.techniques.optimisers import Update, optimiser_number

MATRICES = ("parameters", "velocity", "square", "averages")
EVALUATION_FLOATS = (
    4_000_000  # activations of one layer in a test-mode pass: 16 MB in float32, within a last-level cache
)


class Population:
    """The weights, moments and buffers of K members, and the network that runs them together.

    Args:
        network: an ordinary module, (batch, …) → (batch, output) or (batch,). It is the template and stays as it is.
            Its own `initialise(scheme, gain, generator)`, where it has one, makes the initial weights.
        settings: K members' hyperparameters; `seeds` key the initial weights, "init_scheme" and "init_gain" shape them.
        compiled: take compiled steps where there are any; without, every step runs the techniques as they stand.
        bfloat16: forward and backward under torch's autocast, whose products are in bfloat16; never compiled steps.
        device: where the matrices lie. Initial weights are drawn on the CPU, so that they are the same everywhere.

    Attributes:
        parameters, gradients, velocity, square: (member, parameter).
        averages: (member, parameter) sums of the exponential averages of the weights; no columns where no member has
            one.
        buffers: by name, (member, *shape): running averages of batch norm, dropout rates, frozen parameters.
        traits: what running the network has shown of it, with notices for the user.
        step_count: updates made so far.
    """

    def __init__(
        self,
        network: nn.Module,
        settings: Settings,
        dtype: torch.dtype = torch.float32,
        compiled: bool = True,
        device: torch.device | str = "cpu",
        bfloat16: bool = False,
    ):
        self.template = copy.deepcopy(network).cpu().to(dtype)
        self.settings = settings
        self.layout = Layout(self.template)
        self.traits = Traits()
        self.step_count = 0
        self.compiled, self.bfloat16 = compiled and not bfloat16, bfloat16
        rows, buffer_rows = [], []
        for member in range(settings.num_members):
            self._initialise_template(member)
            rows.append(self.layout.row(self.template))
            buffer_rows.append({name: tensor.clone() for name, tensor in _untrained(self.template).items()})
        self.template.to(device)
        self.parameters = torch.stack(rows).to(device)
        self.velocity = torch.zeros_like(self.parameters)
        self.square = torch.zeros_like(self.parameters)
        averaging = bool(settings["weight_average"].any())
        self.averages = torch.zeros_like(self.parameters if averaging else self.parameters[:, :0])
        self.buffers = {name: torch.stack([row[name] for row in buffer_rows]).to(device) for name in buffer_rows[0]}
        self._set_drop_rates()
        self._connect()

    def __len__(self) -> int:
        return self.parameters.shape[0]

    def _initialise_template(self, member: int) -> None:
        """Give the template this member's initial weights."""
        scheme, gain = str(self.settings["init_scheme"][member]), float(self.settings["init_gain"][member])
        generator = stream(int(self.settings.seeds[member]), "initial weights")
        if hasattr(self.template, "initialise"):
            self.template.initialise(scheme, gain, generator)  # type: ignore[operator]
        else:
            initialise(self.template, scheme, gain, generator)

    def _set_drop_rates(self) -> None:
        """Copy the dropout columns into the buffers named `drop_rate`: the input's, then the hidden layers'."""
        hidden_rates = self.settings["drop_rate"]
        names = [name for name in self.buffers if name.rpartition(".")[2] == "drop_rate"]
        hidden_names = [name for name in names if name != "input_dropout.drop_rate"]
        if hidden_rates.ndim > 1 and hidden_rates.shape[1] != len(hidden_names):
            raise SettingsError(
                f"drop_rate gives {hidden_rates.shape[1]} rates a member, and the network has {len(hidden_names)} "
                "dropout layers apart from the input's. Give one for each layer, or one for all."
            )
        for name in names:
            if name not in hidden_names:
                column = self.settings["input_drop_rate"]
            else:
                column = hidden_rates if hidden_rates.ndim == 1 else hidden_rates[:, hidden_names.index(name)]
            self.buffers[name] = torch.tensor(column, dtype=self.parameters.dtype, device=self.parameters.device)

    def _connect(self) -> None:
        """Build the stacked network: the template with views of the matrix in place of its weights."""
        self.gradients = torch.zeros_like(self.parameters)
        self.leaves = {name: nn.Parameter(view) for name, view in self.layout.views(self.parameters).items()}
        self._gradient_views = self.layout.views(self.gradients)
        self.forward: Forward = forward_for(self.template, self.leaves, self.buffers, self.traits)
        self._fuse()
        dtype = self.parameters.dtype

        def column(name: str) -> Tensor:
            return torch.tensor(self.settings[name], dtype=dtype, device=self.parameters.device)

        kinds = torch.tensor([optimiser_number(name) for name in self.settings["optimizer"]])
        self.update = Update(kinds, column("beta1"), column("beta2"), column("epsilon"))
        self.loss_columns = {name: column(name) for name in ("label_smoothing", "huber_delta", "quantile")}
        self.strength = column("augmentation") if self.settings["augmentation"].any() else None
        self.averaging = column("weight_average").unsqueeze(1)
        self.clip_norm = column("clip_norm")
        self.l1, self.l2, self.weight_decay = (column(name).unsqueeze(1) for name in ("l1", "l2", "weight_decay"))
        self.use_l1, self.use_l2, self.use_decay = (bool(each.any()) for each in (self.l1, self.l2, self.weight_decay))
        self.use_clipping = bool(torch.isfinite(self.clip_norm).any())

    def chunks(self, num_chunks: int) -> list["Population"]:
        """Row blocks of about equal size that share this population's memory: training them trains it.

        Each may run in a thread of its own; members don't mix, so the blocks change nothing for them. They are to be
        made anew after `keep` or `load_state`, and `step_count` is theirs: set it here when they have trained.
        """
        if num_chunks == 1:
            return [self]
        blocks = []
        for rows in np.array_split(np.arange(len(self)), num_chunks):
            block = copy.copy(self)
            span = slice(int(rows[0]), int(rows[-1]) + 1)
            # .data: the same memory, but autograd counts the changes of each block apart, so that blocks may be at
            # different points of their steps
            for name in MATRICES:
                setattr(block, name, getattr(self, name)[span].data)
            block.buffers = {name: buffer[span].data for name, buffer in self.buffers.items()}
            block.settings = self.settings.keep(rows)
            block._connect()
            blocks.append(block)
        return blocks

    def _fuse(self) -> None:
        """Take the compiled passes where they know the network and the device; they say the same as the plain ones."""
        self.fused: Fused | None = None
        self.fused_update: FusedUpdate | None = None
        if not (self.compiled and can_fuse(self.parameters)):
            return
        matrices = (self.parameters, self.gradients, self.velocity, self.square)
        self.fused_update = FusedUpdate.of(self.settings, self.layout, matrices)
        if hasattr(self.template, "fused"):
            starts = {slot.name: slot.start for slot in self.layout.slots}
            build: Callable[..., Fused] = self.template.fused  # type: ignore[assignment]
            self.fused = build(starts, (*matrices, self.averages), self.buffers)

    def gradients_of(
        self, features: Tensor, targets: Tensor, loss: Loss, seed: int, weights: Tensor | None, own_rows: bool
    ) -> Tensor:
        """Each member's mean loss on a batch, (member,); d(Σ losses)/dW goes to `gradients`.

        Members don't mix, so row k is the gradient of loss k alone. Arguments as of step.py's `train_step`.
        """
        if self.fused is not None and loss is LOSSES.get(loss.name):
            self.fused.key(seed, self.step_count)
            return self.fused.gradients(features, targets, loss, self.loss_columns, weights, own_rows)
        self.forward.key(seed, self.step_count)
        with torch.enable_grad():
            with torch.autocast(features.device.type, torch.bfloat16, enabled=self.bfloat16):
                outputs = self.forward.outputs(features, training=True, own_rows=own_rows)
            losses = mean_loss(loss, outputs, targets, self.loss_columns, weights)
            gradients = torch.autograd.grad(losses.sum(), list(self.leaves.values()), materialize_grads=True)
        for view, gradient in zip(self._gradient_views.values(), gradients, strict=True):
            view.copy_(gradient)
        return losses.detach()

    def take_averages(self) -> None:
        """Add the present weights to the averages v ← βv + (1 − β)W; where β is 0, the average is the weights."""
        if self.averages.shape[1]:
            self.averages.lerp_(self.parameters, 1 - self.averaging)

    def evaluated_parameters(self) -> Tensor:
        """The weights that members are judged and kept by, (member, parameter): themselves, or v / (1 − β^t)."""
        if not self.averages.shape[1] or not self.step_count:
            return self.parameters
        return self.averages / (1 - self.averaging**self.step_count)

    @contextmanager
    def evaluated(self) -> Iterator[None]:
        """Put `evaluated_parameters` into the network for as long as this lasts."""
        if not self.averages.shape[1]:
            yield
            return
        trained = self.parameters.clone()
        self.parameters.copy_(self.evaluated_parameters())
        try:
            yield
        finally:
            self.parameters.copy_(trained)

    @torch.no_grad()
    def predict(self, features: Tensor) -> Iterator[tuple[slice, Tensor]]:
        """Test-mode outputs in pieces that stay in cache: (rows, (member, output, rows))."""
        shape = features.shape[1:]
        if shape not in self.traits.widest:
            self.traits.widest[shape] = widest_activation(self.template, features[:1])
        piece = max(1, EVALUATION_FLOATS // (len(self) * self.traits.widest[shape]))
        for start in range(0, len(features), piece):
            rows = slice(start, min(start + piece, len(features)))
            if self.fused is not None:
                yield rows, self.fused.outputs(features[rows])
            else:
                yield rows, self.forward.outputs(features[rows], training=False)

    def keep(self, members: np.ndarray) -> None:
        """Go on with these members only (row numbers, in this order); the rest leaves the matrices."""
        rows = torch.as_tensor(members, dtype=torch.int64)
        for name in MATRICES:
            setattr(self, name, getattr(self, name)[rows])
        self.buffers = {name: buffer[rows] for name, buffer in self.buffers.items()}
        self.settings = self.settings.keep(members)
        self._connect()

    def change(self, settings: Settings) -> None:
        """Go on with other settings of the same members; weights, moments, buffers and the step count stay.

        A weight average is on from the first step or never: whether there is one must stay as it was.
        """
        assert bool(settings["weight_average"].any()) == bool(self.averages.shape[1]), "an average begins at step 0"
        self.settings = settings
        self._set_drop_rates()
        self._connect()

    def twin(self) -> "Population":
        """The same members in memory of their own: what is done to it leaves this one as it is. Steps as they stand."""
        twin = copy.copy(self)
        for name in MATRICES:
            setattr(twin, name, getattr(self, name).clone())
        twin.buffers = {name: buffer.clone() for name, buffer in self.buffers.items()}
        twin.compiled = False
        twin._connect()
        return twin

    def member(self, row: int, evaluated: bool = True) -> nn.Module:
        """Member `row` as an ordinary module of its own, in test mode, with an ordinary state dict.

        `evaluated`: with the weights that it is judged by, or with those in training, which differ where an average of
        the weights is on.
        """
        module = copy.deepcopy(self.template)
        own = dict(module.named_parameters()) | dict(module.named_buffers())
        with torch.no_grad():
            weights = self.evaluated_parameters() if evaluated else self.parameters
            for name, stacked in (self.layout.views(weights) | self.buffers).items():
                own[name].copy_(stacked[row])
        return module.eval()

    def state(self) -> dict[str, Tensor]:
        """Everything that the next step depends on, by name, for a checkpoint."""
        matrices = {name: getattr(self, name) for name in MATRICES}
        counters = {"step_count": torch.tensor(self.step_count)}
        return matrices | counters | {f"buffers.{name}": buffer for name, buffer in self.buffers.items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from a state of a population with the same network and settings."""
        for name in MATRICES:
            assert state[name].shape == getattr(self, name).shape, name
            setattr(self, name, state[name].clone())
        self.step_count = int(state["step_count"])
        self.buffers = {name: state[f"buffers.{name}"].clone() for name in self.buffers}
        self._connect()


def _untrained(network: nn.Module) -> dict[str, Tensor]:
    """Buffers and frozen parameters, by name."""
    frozen = {name: one.detach() for name, one in network.named_parameters() if not one.requires_grad}
    return frozen | {name: buffer.detach() for name, buffer in network.named_buffers()}
