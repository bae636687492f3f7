"""The one list of hyperparameters: range, scale, default, rank (what to tune first), section of the notes, effect.

Settings are checked against it; default search spaces, `caviar catalog` and documentation are made from it. The
techniques stand in technique_catalog.py. Names that a setting may have stand here as words, which a test holds equal to
the techniques' own, so that reading the catalogue loads no PyTorch. Notes 3.1, 3.2.
"""

from caviar.techniques.hyperparameter import Hyperparameter

OPTIMISER_TECHNIQUES = ("gradient-descent", "momentum", "nesterov", "rmsprop", "adam")
INITIAL_TECHNIQUES = ("he-initialisation", "xavier-initialisation", "glorot-initialisation", "first-weights")

HYPERPARAMETERS: dict[str, Hyperparameter] = {
    one.name: one
    for one in (
        Hyperparameter(
            "learning_rate", 1e-3, 1, "3.1, 3.2", "α, the size of a step",
            "W ← W − α · g; Adam: W ← W − α · v̂ / (√ŝ + ε)",
            OPTIMISER_TECHNIQUES, "faster, then unstable", "slower, then stuck", scale="log", tune=(1e-3, 3e-2)),
        Hyperparameter(
            "optimizer", "adam", 2, "2.6 to 2.8", "which moments the update uses",
            "W ← W − α · v̂ / (√ŝ + ε), and parts of it", OPTIMISER_TECHNIQUES, scale="choice",
            choices=(
                "gradient-descent", "momentum", "momentum-corrected", "heavy-ball", "nesterov", "rmsprop", "adam")),
        Hyperparameter(
            "beta1", 0.9, 2, "2.3, 2.6, 3.2", "momentum β: gradients are averaged over about 1 / (1 − β) steps",
            "v ← β · v + (1 − β) · g", ("momentum", "nesterov", "adam"), "smoother, slower to turn",
            "noisier; 0 is no momentum", high=1.0, open_above=True, scale="log of 1 - value", tune=(0.8, 0.98)),
        Hyperparameter(
            "beta2", 0.999, 4, "2.7, 2.8", "average of squared gradients over about 1 / (1 − β2) steps",
            "s ← β2 · s + (1 − β2) · g²", ("rmsprop", "adam"), "steadier step sizes, slower to adapt",
            "step sizes that follow the last gradients", high=1.0, open_above=True, scale="log of 1 - value"),
        Hyperparameter(
            "epsilon", 1e-8, 4, "2.8", "keeps the division by √s safe", "W ← W − α · v̂ / (√ŝ + ε)", ("rmsprop", "adam"),
            "nearer to plain momentum", "nothing, until a division by 0", scale="log"),
        Hyperparameter(
            "schedule", "cosine", 3, "2.9", "how the learning rate falls", "α = factor(epoch) · α0",
            ("learning-rate-decay",), scale="choice", choices=(
                "constant", "inverse-time", "exponential", "inverse-root", "staircase", "cosine", "linear")),
        Hyperparameter(
            "decay", 0.0, 3, "2.9", "the schedule's constant; for cosine and linear the last factor",
            "α = α0 / (1 + decay · epoch), and others", ("learning-rate-decay",),
            "inverse-time: falls faster; exponential, staircase: slower; the others: ends higher", "the contrary"),
        Hyperparameter(
            "warmup_epochs", 0.0, 4, "2.9", "epochs in which the rate rises from 0", "α ← min(1, epoch / warmup) · α",
            ("learning-rate-decay",), "gentler start", "full steps sooner"),
        Hyperparameter(
            "l2", 0.0, 2, "1.4, 1.5", "λ of λ/2m ‖W‖²: pulls weights towards 0 through the gradient",
            "J + λ/2m · ‖W‖²", ("l2-penalty",), "less variance, more bias", "less bias, more variance",
            scale="log", tune=(1e-6, 1e-3), tuned_as="λ/m", zero_share=0.6),
        Hyperparameter(
            "l1", 0.0, 3, "1.4", "λ of λ/m ‖W‖₁: makes weights exactly small, so sparse", "J + λ/m · ‖W‖₁",
            ("l1-penalty",), "fewer weights in use", "more weights in use", scale="log"),
        Hyperparameter(
            "weight_decay", 0.0, 2, "1.4", "decoupled decay: W shrinks by α · decay a step", "W ← (1 − α · decay) · W",
            ("decoupled-weight-decay",), "less variance, more bias", "less bias, more variance",
            scale="log", tune=(1e-3, 2.0), zero_share=0.25),
        Hyperparameter(
            "drop_rate", 0.0, 2, "1.6, 1.7", "share of hidden units silenced in a step",
            "a′ = a · [u ≥ rate] / (1 − rate)", ("dropout",), "less variance, more bias", "less bias, more variance",
            high=1.0, open_above=True, tune=(0.02, 0.5), zero_share=0.15),
        Hyperparameter(
            "input_drop_rate", 0.0, 3, "1.6, 1.7", "share of inputs silenced in a step",
            "x′ = x · [u ≥ rate] / (1 − rate)", ("dropout",), "leans on no single input", "uses every input it has",
            high=1.0, open_above=True, tune=(0.01, 0.25), zero_share=0.3),
        Hyperparameter(
            "augmentation", 0.0, 2, "1.8, C2.10",
            "strength of the random variants: deviation of noise on inputs; share of the largest motion of pictures",
            "x′ = x + strength · noise", ("augmentation",), "less variance, more bias", "less bias, more variance",
            high=1.0),
        Hyperparameter(
            "label_smoothing", 0.0, 3, "3.9", "share of each label spread over all classes",
            "y′ = (1 − s) · y + s / C", ("label-smoothing",), "less certain outputs", "more certain outputs",
            high=1.0, open_above=True, tune=(0.01, 0.15), zero_share=0.5),
        Hyperparameter(
            "huber_delta", 1.0, 3, "–",
            "δ of the Huber loss: errors above it, in standard deviations of the target, no longer count squared",
            "½e² up to |e| = δ, then δ(|e| − ½δ)", ("huber-loss",),
            "nearer to the squared error, more pull of outliers",
            "nearer to the absolute error, less pull of outliers", low=1e-6, scale="log"),
        Hyperparameter(
            "quantile", 0.5, 4, "–",
            "τ of the quantile loss: the share of targets that are to lie below the prediction",
            "max(τ · e, (τ − 1) · e) with e = y − ŷ", ("quantile-loss",), "higher predictions", "lower predictions",
            low=1e-6, high=1.0, open_above=True),
        Hyperparameter(
            "weight_average", 0.0, 3, "2.3 to 2.5",
            "β of the average of the weights over about 1 / (1 − β) steps, which predicts in their place",
            "W̄ ← β · W̄ + (1 − β) · W", ("exponential-average",), "smoother, slower to follow",
            "nearer to the last weights; 0 is off", high=1.0, open_above=True, scale="log of 1 - value"),
        Hyperparameter(
            "clip_norm", float("inf"), 3, "1.10", "longest gradient allowed", "g ← g · min(1, clip_norm / ‖g‖)",
            ("gradient-clipping",), "less clipping", "shorter steps where gradients are long", scale="log"),
        Hyperparameter(
            "init_scheme", "he", 3, "1.11", "variance of the first weights", "Var(w) = 2 / n_in, and others",
            INITIAL_TECHNIQUES, scale="choice", choices=("he", "xavier", "glorot", "zeros", "own")),
        Hyperparameter(
            "init_gain", 1.0, 3, "1.11", "factor on the initialiser's standard deviation",
            "w = gain · deviation · N(0, 1)", INITIAL_TECHNIQUES, "larger first activations",
            "smaller first activations", scale="log", tune=(0.5, 1.5)),
    )
}  # fmt: skip
