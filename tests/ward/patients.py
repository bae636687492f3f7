"""The patients of the ward: sick trainings, each made to have one disease, and healthy ones.

What each has is known from how it was made: from rows, network and settings alone, before any rule looks at it.
"""

from healthy import HEALTHY
from patients_by_layers import SICK_BY_LAYERS
from patients_by_steps import SICK_BY_STEPS
from patients_looked_at import SICK_LOOKED_AT
from patients_of_data import SICK_OF_DATA
from patients_of_fit import SICK_OF_FIT
from patients_of_training import SICK_OF_TRAINING

SICK = (*SICK_OF_FIT, *SICK_OF_DATA, *SICK_OF_TRAINING, *SICK_BY_STEPS, *SICK_BY_LAYERS, *SICK_LOOKED_AT)

__all__ = ["HEALTHY", "SICK"]
