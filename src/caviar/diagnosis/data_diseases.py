"""Every disease of the data, looked for where there are data to look at. Notes 1.1, 1.2, 1.9, C3."""

from collections.abc import Callable

from caviar.core.records import Finding
from caviar.diagnosis.class_imbalance import class_imbalance
from caviar.diagnosis.constant_column import constant_column
from caviar.diagnosis.duplicates_across_parts import duplicates_across_parts
from caviar.diagnosis.evidence import Evidence
from caviar.diagnosis.identifier_column import identifier_column
from caviar.diagnosis.label_noise import label_noise
from caviar.diagnosis.leaking_column import leaking_column
from caviar.diagnosis.rare_class import rare_class
from caviar.diagnosis.shifted_columns import shifted_columns

UNDERMINING = ("duplicates-across-parts", "leaking-column")
"""Where they are grave, the errors themselves are not to be believed, nor what rests on them: they come first."""


# A new disease is one file, from Evidence to Finding, and one line here.
DATA_DISEASES: tuple[Callable[[Evidence], Finding], ...] = (
    duplicates_across_parts,
    leaking_column,
    label_noise,
    shifted_columns,
    class_imbalance,
    rare_class,
    identifier_column,
    constant_column,
)
