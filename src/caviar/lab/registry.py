"""All experiments and their claims, in the order of the notes. A new one is entered here by hand.

Each is measured by `run` of the file of its name: `dropout-expectation` by dropout_expectation.py. A file, and PyTorch
with it, is loaded when its experiment runs, so that the claims alone are listed at once.
"""

from importlib import import_module

from caviar.core.errors import SettingsError, nearest
from caviar.lab.experiment import Experiment, Result


def _in_its_file(name: str, section: str, claim: str) -> Experiment:
    def run(seed: int) -> Result:
        result: Result = import_module(f"caviar.lab.{name.replace('-', '_')}").run(seed)
        return result

    return Experiment(name, section, claim, run)


EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for experiment in (
        _in_its_file("bias-variance", "1.2",
            "train error over the optimal error is bias, dev over train error is variance, if both come from one "
            "distribution"),
        _in_its_file("bigger-network", "1.3",
            "a bigger network lowers bias and, regularised well, does not raise variance"),
        _in_its_file("more-data", "1.3", "more data usually lowers variance and does little to bias"),
        _in_its_file("l1-sparsity", "1.4", "L1 makes weights sparse, most of them zero, and L2 does not"),
        _in_its_file("weight-decay-equivalence", "1.4",
            "the L2 penalty is weight decay by λ/m under gradient descent, and is not under Adam"),
        _in_its_file("lambda-sweep", "1.5",
            "λ drives W to 0 and tanh into its linear range: too large makes bias, too small leaves variance, "
            "between is right"),
        _in_its_file("dropout-expectation", "1.6",
            "a mask divided by keep-prob leaves E[a] as it is, so nothing need be done at test time"),
        _in_its_file("dropout-spreads-weights", "1.7",
            "with dropout no unit can lean on one input: weights spread out and their norm shrinks, as under L2"),
        _in_its_file("early-stopping", "1.8",
            "stopping at the best dev cost keeps weights of middle size and a lower error, but leaves J unoptimised"),
        _in_its_file("input-normalisation", "1.9",
            "inputs of mean 0 and deviation 1 make a rounder cost and a faster descent, never a slower one"),
        _in_its_file("vanishing-exploding", "1.10",
            "with depth L activations and gradients grow like 1.5^L or shrink like 0.5^L, and deep networks train "
            "badly"),
        _in_its_file("initialisation", "1.11",
            "zero weights never learn, large ones train badly; variance 1/n suits tanh, 2/n suits ReLU"),
        _in_its_file("numerical-derivative", "1.12",
            "the two-sided difference errs O(ε²), the one-sided O(ε): 3.0001 against 3.0301 for θ³ at 1"),
        _in_its_file("gradient-check", "1.13",
            "gradients by differences agree with right code to 1e-7, and differ from wrong code by 1e-3 or more"),
        _in_its_file("batch-size", "2.2",
            "all rows a step: always falling but slow; one row: noisy, not vectorised; between: fastest; under 2,000 "
            "rows: all"),
        _in_its_file("weighted-average", "2.3 to 2.5",
            "an exponential average is over about 1 / (1 − β) values: 2, 10, 50, 1,000; correction mends its start"),
        _in_its_file("optimisers", "2.6 to 2.8",
            "momentum is nearly always faster than plain descent; RMSprop and Adam are too; RMSprop allows a larger "
            "α"),
        _in_its_file("learning-rate-decay", "2.9",
            "with mini-batches a rate that falls ends at a lower cost than a constant one, which wanders around the "
            "minimum"),
        _in_its_file("saddle-points", "2.10",
            "in many dimensions a zero gradient is a saddle, as if curvatures had independent signs, and not a bad "
            "minimum"),
        _in_its_file("random-vs-grid", "3.1",
            "25 random trials try 25 values of each setting, a grid 5, and so they find better settings"),
        _in_its_file("coarse-to-fine", "3.1",
            "trials where the best ones lay find better settings than as many more over the whole space"),
        _in_its_file("log-scale", "3.2",
            "α drawn on a log scale and β on a log scale of 1 − β give each factor its share of trials, and find "
            "better values"),
        _in_its_file("panda-vs-caviar", "3.3",
            "with compute for one model nursing it is best, with compute for many the best of them is; settings go "
            "stale"),
        _in_its_file("batch-norm-scale-shift", "3.4",
            "at mean 0 and variance 1 a sigmoid stays in its linear part; the learned γ and β let it leave"),
        _in_its_file("batch-norm-speed", "3.6",
            "batch norm lets a wider range of α train, cares less about the first weights, and trains faster"),
        _in_its_file("covariate-shift", "3.6",
            "with batch norm a shift of the inputs (black cats, coloured cats) or of earlier layers reaches later "
            "layers less"),
        _in_its_file("batch-norm-noise", "3.6",
            "a batch's own μ and σ² add noise, which regularises slightly, less with batches of 256 than of 64"),
        _in_its_file("batch-norm-or-dropout", "3.6",
            "batch norm replaces dropout and L2; or goes well with dropout; or is not to be used as a regulariser"),
        _in_its_file("batch-norm-test-time", "3.7",
            "at test time averages from training normalise a single row: exponential ones, or those of the whole "
            "training set"),
        _in_its_file("softmax", "3.8",
            "without hidden layers softmax draws straight boundaries between C classes; with C = 2 it is logistic "
            "regression"),
        _in_its_file("framework", "3.10", "a framework minimises w² − 10w + 25 by its forward pass alone: w = 5"),
    )
}  # fmt: skip


def find(name: str) -> Experiment:
    """The experiment of that name. Raises SettingsError, with the nearest name, where there is none."""
    if name not in EXPERIMENTS:
        raise SettingsError(
            f"experiment {name!r} is unknown.{nearest(name, list(EXPERIMENTS))} `caviar lab list` names all."
        )
    return EXPERIMENTS[name]
