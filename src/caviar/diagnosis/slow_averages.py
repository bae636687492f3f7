"""Slow averages: momentum or β2 averages over more steps than the run has. Notes 2.3 to 2.8."""

from caviar.core.records import Action, Finding, Severity
from caviar.diagnosis.disease import Disease
from caviar.diagnosis.health import Health
from caviar.diagnosis.sureness import sureness

DISEASE = Disease("slow-averages", section="2.3")

FEWEST_STEPS = 30
CORRECTED_SLACK = 100.0

FASTER_MOMENTUM = Action(
    "Lower momentum (β1) so that 1 / (1 − β1) is a tenth of the run or less",
    "caviar",
    "Steps follow the present gradient, not the first ones",
    {"beta1": "<=0.9"},
)
FASTER_SQUARES = Action(
    "Lower β2 so that 1 / (1 − β2) is no more than the run",
    "caviar",
    "Step sizes follow the present gradients, not the large first ones",
    {"beta2": "<=0.99"},
)
LONGER = Action("Train longer", "caviar", "The averages have the steps that they need", {"train_longer": True})


def slow_averages(health: Health) -> Finding:
    """Present where an average over 1 / (1 − β) steps meets a run of fewer steps, n.

    Of momentum only 1 − β^n is filled then, under 63 %: medium, high from three runs on. The same holds for squares
    without bias correction. Corrected ones are the plain mean of all steps so far, which harms little until it is far
    from an average of late ones: they count from a hundred runs on, at medium.
    """
    facts, steps = health.optimiser, health.run_length
    if not health.num_steps or (facts.beta1 is None and facts.beta2 is None):
        return DISEASE.cannot_tell("The optimiser's averages are missing.")
    if steps < FEWEST_STEPS:
        return DISEASE.cannot_tell(
            f"Steps are missing: {steps} of at least {FEWEST_STEPS}; give num_steps if more come."
        )
    spans = {name: _span(beta) for name, beta in (("momentum", facts.beta1), ("squares", facts.beta2))}
    figures = {"steps": steps, **{f"{name}_span": span for name, span in spans.items()}}
    momentum, squares = spans["momentum"] / steps, spans["squares"] / steps
    slack = CORRECTED_SLACK if facts.corrected else 1.0
    sure = sureness(max(momentum, squares / slack), 1)
    if momentum <= 1 and squares <= slack:
        longest = max(spans.values())
        return DISEASE.absent(
            f"The slowest average spans {longest:,.0f} steps, and the run has {steps:,}."
            if longest > 1
            else "The optimiser averages nothing.",
            sure,
            **figures,
        )
    slow = [
        name for name, excess, least in (("momentum", momentum, 1.0), ("squares", squares, slack)) if excess > least
    ]
    grave: Severity = "high" if momentum > 3 or (squares > 3 and not facts.corrected) else "medium"
    actions = [FASTER_MOMENTUM] * ("momentum" in slow) + [FASTER_SQUARES] * ("squares" in slow)
    named = " and ".join(f"{name} over about {spans[name]:,.0f} steps" for name in slow)
    return DISEASE.present(
        f"{facts.name} averages {named}, and the run has {steps:,}: the first steps weigh as much as the last.",
        grave,
        sure,
        *actions,
        LONGER,
        **figures,
    )


def _span(beta: float | None) -> float:
    """Steps that an average with β spans, 1 / (1 − β); 1 where nothing is averaged. Notes 2.3."""
    return 1 / max(1 - (beta or 0.0), 1e-12)
