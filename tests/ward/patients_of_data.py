"""Sick trainings whose rows are at fault: labels, copies, leaks, classes, columns, parts of another origin."""

from patient import Patient
from trainings import WELL, on

SICK_OF_DATA = (
    Patient("sides, 10 % wrong", "label-noise", "a tenth flipped", on("sides, 10 % wrong"), WELL, labels=True),
    Patient("digits, 10 % wrong", "label-noise", "a tenth flipped", on("digits, 10 % wrong"), WELL, labels=True),
    Patient("digits, 30 % wrong", "label-noise", "three tenths flipped", on("digits, 30 % wrong"), WELL, labels=True),
    Patient("sides, half twice", "duplicates-across-parts", "1,000 rows twice", on("sides, half twice"), WELL),
    Patient("digits, a third twice", "duplicates-across-parts", "593 rows twice", on("digits, a third twice"), WELL),
    Patient("sides, leaking", "leaking-column", "a column made from the answer", on("sides, leaking"), WELL),
    Patient("digits, leaking", "leaking-column", "a column made from the answer", on("digits, leaking"), WELL),
    Patient("late in 4 %", "class-imbalance", "a rare answer that nothing tells", on("late in 4 %"), WELL),
    Patient("late in 10 %", "class-imbalance", "a rare answer that nothing tells", on("late in 10 %"), WELL),
    Patient("1 % smudged", "class-imbalance", "a rare answer that nothing tells", on("digits, 1 % smudged"), WELL),
    Patient("six nines", "rare-class", "six rows of 1,623", on("digits, six nines"), WELL),
    Patient("six between", "rare-class", "six rows of 3,000", on("sides, six between"), WELL),
    Patient("sides, drifting", "shifted-columns", "one column wanders with time", on("sides, drifting"), WELL),
    Patient("sides, leaping", "shifted-columns", "one column wanders far", on("sides, leaping"), WELL),
    Patient("sides, a country", "constant-column", "one value in a column", on("sides, a country"), WELL),
    Patient("waves, a unit", "constant-column", "one value in a column", on("waves, a unit"), WELL),
    Patient("sides, counted", "identifier-column", "a column counts the rows", on("sides, counted"), WELL),
    Patient("digits, counted", "identifier-column", "a column counts the rows", on("digits, counted"), WELL),
    Patient("sides, 30 % wrong", "label-noise", "three tenths flipped", on("sides, 30 % wrong"), WELL, labels=True),
    Patient("digits, fading", "shifted-columns", "pictures fade with the days", on("digits, fading"), WELL),
    Patient("sides, others in dev", "data-mismatch", "dev answers by another plane", on("sides, others in dev"), WELL),
    Patient(
        "digits, moved in dev",
        "data-mismatch",
        "dev pictures lie a pixel to the right",
        on("digits, moved in dev"),
        WELL,
        also="shifted-columns",
        because="each pixel's grey values are then its neighbour's",
    ),
)
