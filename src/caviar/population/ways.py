"""Which way a population's network runs: a rule of network, device and member count, never a timing (DESIGN, rule 4).

A network class whose layers all understand a member axis says `stacks = True`. Any other may say `loops = True` or
`loops = False`; where it says nothing, one member alone, and convolutions on a CPU, run in a loop, the rest through
vmap. Measured on one core, float32, ms a step (forward and backward):

                                            K = 8: vmap   loop    K = 32: vmap   loop
    LeNet-5, 28×28, batch 64                         50     39             327    151
    two 3×3 convolutions of 16, batch norm,
        16×16, batch 64                              66     30
    two hidden layers of 64, batch norm,
        batch 128                                   1.6    2.2             6.0    9.9

With one member, vmap costs 1.6 ms for that last network and the loop 0.4.
"""

import torch
from torch import Tensor, nn

from caviar.core.records import Notice
from caviar.population.forward import Forward, Looped, Stacked, Tensors, Traits, Vmapped, pass_of

CONVOLUTIONS = (nn.modules.conv._ConvNd,)


class Tried(Vmapped):
    """vmap where it takes the network, a loop where it refuses: found out by the first pass of each kind.

    A kind is training or not, and the rows' shape: what a module's code may depend on and still be batched. So the way
    of a pass never depends on the passes before it, and a resumed run goes on as the whole one would have.
    """

    def __init__(self, template: nn.Module, leaves: Tensors, buffers: Tensors, traits: Traits):
        super().__init__(template, leaves, buffers, traits)
        self.looped = Looped(template, leaves, buffers, traits)

    def key(self, seed: int, step: int) -> None:
        super().key(seed, step)
        self.looped.key(seed, step)

    def outputs(self, features: Tensor, training: bool, own_rows: bool = False) -> Tensor:
        refused = self.traits.refused.get(pass_of(features, training, own_rows))
        if refused is None:
            return self._first_outputs(features, training, own_rows)
        if refused:
            return self.looped.outputs(features, training, own_rows)
        return super().outputs(features, training, own_rows)

    def _first_outputs(self, features: Tensor, training: bool, own_rows: bool) -> Tensor:
        """The first pass of its kind: try vmap, and note whether it went."""
        refused, kind = self.traits.refused, pass_of(features, training, own_rows)
        before = {name: buffer.clone() for name, buffer in self.buffers.items()}
        try:
            outputs = super().outputs(features, training, own_rows)
        except torch.OutOfMemoryError:
            raise
        except Exception as reason:
            for name, buffer in self.buffers.items():  # the pass may have changed some before it failed
                buffer.copy_(before[name])
            outputs = self.looped.outputs(features, training, own_rows)  # raises what is wrong with the network itself
            refused[kind] = True
            self.traits.tell(Notice("info", _refusal(self.network, reason)))
            return outputs
        refused[kind] = False
        return outputs


def forward_for(template: nn.Module, leaves: Tensors, buffers: Tensors, traits: Traits) -> Forward:
    """The way that suits the network; where the rule slows it down to a loop, `traits` is told why.

    Args:
        leaves, buffers: by name, (member, *shape).
    """
    if _says(template, "stacks"):
        return Stacked(template, leaves, buffers)
    first = next(iter(leaves.values()))
    loops = _says(template, "loops")
    if loops is None and len(first) > 1 and first.device.type == "cpu":
        loops = any(isinstance(module, CONVOLUTIONS) for module in template.modules())
        if loops:
            traits.tell(
                Notice(
                    "info",
                    f"The members of {type(template).__name__} run one after another: it has convolutions, which on a "
                    "CPU are faster so than all members at once.",
                )
            )
    if loops or (loops is None and len(first) == 1):
        return Looped(template, leaves, buffers, traits)
    return Tried(template, leaves, buffers, traits)


def _says(network: nn.Module, trait: str) -> bool | None:
    """What the network, or its own class, says: a subclass with layers of its own has to say it again."""
    said: bool | None = vars(network).get(trait, vars(type(network)).get(trait))
    return said


def _refusal(network: nn.Module, reason: Exception) -> str:
    sentence = str(reason).strip().partition("\n")[0]
    return (
        f"The members of {type(network).__name__} run one after another: torch.func.vmap can't run them together "
        f"({type(reason).__name__}: {sentence})"
    )
