"""The medicines from elsewhere that a patient may be taking, for the check of prescriptions."""

from collections.abc import Iterable
from typing import Any

from records.history.models import PastMedication
from records.taken import Taken, also_taken


@also_taken
def medicines_from_elsewhere(patient_id: Any) -> Iterable[Taken]:
    """Those of which nobody has said that they ended."""
    columns = ("title", "dosage", "source")
    found = PastMedication.objects.current_for(patient_id).values_list(*columns)
    return [Taken(medicine, dosage, source) for medicine, dosage, source in found]
