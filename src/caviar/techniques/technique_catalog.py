"""The one list of techniques, in the order of the notes: section, paper, formula, file, what each does, and when.

`caviar catalog` and the documentation are made from it; the hyperparameters stand in catalog.py. A new file of this
folder is entered here by hand, which a test checks.
"""

from caviar.techniques.technique import Technique

OPTIMISER = ("Update", "OPTIMISERS", "optimiser_number")

TECHNIQUES: dict[str, Technique] = {
    one.name: one
    for one in (
        Technique(
            "l2-penalty", "1.4, 1.5", "Hoerl & Kennard, 1970, doi 10.1080/00401706.1970.10488634",
            "J + λ/2m · ‖W‖²; dW ← dW + λ/m · W", "penalties", ("add_l2_gradient",),
            "pulls weights towards 0 through the gradient; biases are left out",
            "dev error well above train error (high variance)"),
        Technique(
            "l1-penalty", "1.4", "Tibshirani, 1996, doi 10.1111/j.2517-6161.1996.tb02080.x",
            "J + λ/m · ‖W‖₁; dW ← dW + λ/m · sign(W)", "penalties", ("add_l1_gradient",),
            "pulls every weight by the same force, so that many end near 0",
            "few of many inputs matter, and it should show which"),
        Technique(
            "decoupled-weight-decay", "1.4", "Loshchilov & Hutter, 2019, arXiv 1711.05101",
            "W ← (1 − α · decay) · W", "penalties", ("decay_weights",),
            "shrinks weights apart from the gradient, so that Adam's scaling does not touch it",
            "high variance, with Adam or RMSprop"),
        Technique(
            "dropout", "1.6, 1.7", "Srivastava et al., 2014, jmlr.org/papers/v15/srivastava14a.html",
            "a′ = a · [u ≥ rate] / (1 − rate)", "dropout", ("dropout",),
            "silences units at random in training, so that none leans on one input; E[a] stays",
            "high variance, and only then; not at test time, and off for a gradient check"),
        Technique(
            "augmentation", "1.8", "Simard et al., 2003, doi 10.1109/ICDAR.2003.1227801; Bishop, 1995, "
            "doi 10.1162/neco.1995.7.1.108", "x′ = x + strength · noise; pictures: shift, turn, zoom, flip",
            "augmentation", ("augment", "augmentation_draws"), "makes new variants of the same rows in every step",
            "high variance, and the variants keep their label"),
        Technique(
            "picture-operations", "1.8", "Simard et al., 2003, doi 10.1109/ICDAR.2003.1227801",
            "flip: x′ = −x; rotate: p′ = R(θ) · p; shear: x′ = x + a · y; warp: p′ = p + smooth noise; crop: a window",
            "picture_operations", ("flip", "crop", "rotate", "shear", "warp"),
            "mirrors, cuts, turns, slants or bends each picture by its own amount",
            "high variance with pictures; only what leaves the label as it is: no mirrored digits"),
        Technique(
            "early-stopping", "1.8", "Prechelt, 1998, doi 10.1007/3-540-49430-8_3",
            "stop when epoch − argmin(dev score) ≥ patience", "early_stopping", ("EarlyStopping",),
            "ends training where the dev error was best, and keeps those weights",
            "training is dear; it ties fitting J to not overfitting (orthogonalisation)"),
        Technique(
            "input-normalisation", "1.9", "LeCun et al., 1998, doi 10.1007/3-540-49430-8_2",
            "x′ = (x − μ) / σ; μ and σ of the train rows", "normalisation", ("mean_and_deviation", "normalise"),
            "brings all inputs to mean 0 and deviation 1, which makes the cost rounder",
            "always; dev, test and new rows go through the train rows' μ and σ"),
        Technique(
            "gradient-clipping", "1.10", "Pascanu et al., 2013, arXiv 1211.5063",
            "g ← g · min(1, c / ‖g‖)", "clipping", ("clip_gradients",),
            "shortens a gradient that is too long, and keeps its direction",
            "exploding gradients: the loss jumps or is not a number"),
        Technique(
            "he-initialisation", "1.11", "He et al., 2015, arXiv 1502.01852",
            "Var(w) = 2 / n_in", "initialisers", ("initial_weights", "he"),
            "keeps activations from growing or shrinking with depth behind ReLU", "hidden layers with ReLU"),
        Technique(
            "xavier-initialisation", "1.11", "LeCun et al., 1998, doi 10.1007/3-540-49430-8_2",
            "Var(w) = 1 / n_in", "initialisers", ("initial_weights", "xavier"),
            "keeps activations from growing or shrinking with depth behind tanh",
            "layers with tanh, and output layers"),
        Technique(
            "glorot-initialisation", "1.11", "Glorot & Bengio, 2010, proceedings.mlr.press/v9/glorot10a.html",
            "Var(w) = 2 / (n_in + n_out)", "initialisers", ("initial_weights", "glorot"),
            "a compromise between the forward and the backward pass", "layers with tanh of very different widths"),
        Technique(
            "first-weights", "1.10, 1.11", "He et al., 2015, arXiv 1502.01852",
            "w = gain · deviation · N(0, 1); b = 0; γ = 1, β = 0", "first_weights", ("initialise",),
            "draws a whole network anew, whatever it is made of, from one generator",
            "several networks are to start from their own seeds"),
        Technique(
            "gradient-check", "1.12 to 1.14", "Bengio, 2012, arXiv 1206.5533",
            "δ = (J(θ + ε) − J(θ − ε)) / 2ε; ‖δ − dθ‖ / (‖δ‖ + ‖dθ‖)", "gradient_check",
            ("gradient_check",), "compares a module's gradients with differences of its loss, in float64",
            "a backward pass of your own, or a loss that will not fall; only to debug"),
        Technique(
            "exponential-average", "2.3 to 2.5", "Polyak & Juditsky, 1992, doi 10.1137/0330046 (of weights)",
            "v ← β · v + (1 − β) · x; corrected: v / (1 − β^t)", "averages", ("ExponentialAverage",),
            "averages over about 1 / (1 − β) values, at the cost of one",
            "noisy curves; weights whose average predicts in their place"),
        Technique(
            "gradient-descent", "2.2", "Robbins & Monro, 1951, doi 10.1214/aoms/1177729586",
            "W ← W − α · g", "optimisers", OPTIMISER, "steps against the gradient",
            "small problems, and as what all others are compared with"),
        Technique(
            "momentum", "2.6", "Polyak, 1964, doi 10.1016/0041-5553(64)90137-5",
            "v ← β · v + (1 − β) · g; W ← W − α · v; heavy-ball, torch's form: v ← β · v + g",
            "optimisers", OPTIMISER,
            "steps along the average of the last gradients: swings cancel, what they share adds up",
            "nearly always rather than plain descent; β = 0.9"),
        Technique(
            "nesterov", "2.6", "Nesterov, 1983; Sutskever et al., 2013, proceedings.mlr.press/v28/sutskever13.html",
            "v ← β · v + g; W ← W − α · (g + β · v)", "optimisers", OPTIMISER,
            "momentum that looks one step ahead", "as momentum, where it swings"),
        Technique(
            "rmsprop", "2.7", "Hinton, 2012, lecture 6e of Neural Networks for Machine Learning",
            "s ← β2 · s + (1 − β2) · g²; W ← W − α · g / (√s + ε)", "optimisers", OPTIMISER,
            "divides each direction by its usual size: short steps where it is steep",
            "directions of unlike steepness"),
        Technique(
            "adam", "2.8", "Kingma & Ba, 2015, arXiv 1412.6980",
            "v ← β1 · v + (1 − β1) · g; s ← β2 · s + (1 − β2) · g²; v̂ = v / (1 − β1^t), ŝ = s / (1 − β2^t); "
            "W ← W − α · v̂ / (√ŝ + ε)", "optimisers", OPTIMISER,
            "momentum and RMSprop in one, both bias-corrected", "as the first choice; tune α, leave 0.9, 0.999, 1e-8"),
        Technique(
            "learning-rate-decay", "2.9", "cosine: Loshchilov & Hutter, 2017, arXiv 1608.03983",
            "inverse-time: α0 / (1 + decay · epoch); exponential: decay^epoch · α0; inverse-root: decay / √epoch · α0; "
            "staircase: α0 / 2^⌊epoch / decay⌋; cosine, linear: from α0 down to decay · α0; "
            "by hand: factors from given epochs on; warm-up: all times min(1, epoch / warmup)", "schedules",
            ("decay_factors", "by_hand", "SCHEDULES", "schedule_number"),
            "takes smaller steps as training goes on, so that it settles",
            "after α is tuned, when the cost still swings at the end"),
        Technique(
            "batch-norm", "3.4 to 3.6", "Ioffe & Szegedy, 2015, arXiv 1502.03167",
            "z_norm = (z − μ) / √(σ² + ε); z̃ = γ · z_norm + β", "batch_norm", ("batch_norm",),
            "normalises each unit over the batch before the activation; γ and β are learned",
            "deep networks: larger α, less care with the first weights"),
        Technique(
            "recalibration", "3.7", "Ioffe & Szegedy, 2015, arXiv 1502.03167, algorithm 2",
            "E[x] = mean of μ_B; Var[x] = m / (m − 1) · mean of σ²_B", "recalibration", ("recalibrate",),
            "replaces batch norm's running averages by those of the whole training set",
            "short training, averaged weights, or rows of another distribution"),
        Technique(
            "softmax", "3.8, 3.9", "Bridle, 1990, doi 10.1007/978-3-642-76153-9_28",
            "ŷ_c = e^z_c / Σ e^z; L = −Σ y · log ŷ; dz = ŷ − y", "softmax", ("softmax_rows", "wrong_classes"),
            "probabilities of C classes, and their loss from logits", "one class out of several; C = 2 is logistic"),
        Technique(
            "logistic-loss", "3.8", "Cox, 1958, doi 10.1111/j.2517-6161.1958.tb00292.x",
            "ŷ = σ(z); L = −y · log ŷ − (1 − y) · log(1 − ŷ); dz = ŷ − y", "binary_cross_entropy",
            ("logistic_rows", "multi_label_rows"), "a probability, and its loss from the logit",
            "yes or no; several such labels a row, some of them missing"),
        Technique(
            "label-smoothing", "3.9", "Szegedy et al., 2016, arXiv 1512.00567",
            "y′ = (1 − s) · y + s / C", "label_smoothing", ("smooth_binary", "smoothing_column"),
            "spreads a share of each label over all classes", "outputs are too certain, or labels partly wrong"),
        Technique(
            "squared-error", "–", "Gauss, 1809", "(ŷ − y)²", "regression_losses", ("squared_rows",),
            "least at the mean of y", "a number to predict, without far-off rows"),
        Technique(
            "huber-loss", "–", "Huber, 1964, doi 10.1214/aoms/1177703732", "½e² up to |e| = δ, then δ(|e| − ½δ)",
            "regression_losses", ("huber_rows",), "a squared error whose pull is bounded", "targets with outliers"),
        Technique(
            "quantile-loss", "–", "Koenker & Bassett, 1978, doi 10.2307/1913643",
            "max(τ · e, (τ − 1) · e) with e = y − ŷ", "regression_losses", ("quantile_rows",),
            "least at the τ-quantile of y", "a bound rather than the middle, such as a delivery time kept by 90 %"),
        Technique(
            "row-weights", "–", "folds: Stone, 1974, doi 10.1111/j.2517-6161.1974.tb00994.x; bootstrap: Efron, 1979, "
            "doi 10.1214/aos/1176344552", "J = Σ w · l / Σ w", "row_weights",
            ("folds", "bootstrap", "subsets", "class_balance", "class_weights"),
            "cross-validation, bootstrap, training-set sizes and class balance, as weights of the train rows",
            "many trainings on parts of the same rows, as one population"),
    )
}  # fmt: skip
