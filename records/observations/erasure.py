"""What becomes of what was measured of a patient."""

from clinic.erasure.table import CLINICAL, declare
from records.observations.models import Observation

declare(Observation, "patient", delete=CLINICAL)
