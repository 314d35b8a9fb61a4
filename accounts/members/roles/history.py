"""What was done elsewhere: doctors enter it and withdraw what is wrong, administrators may read it."""

from collections.abc import Mapping
from types import MappingProxyType

from accounts.members.roles.role import CLINICAL, DOCTOR, PATIENT, Role

HISTORY: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "history.history": CLINICAL,
        "history.entry": CLINICAL,
        "history.add_immunization": DOCTOR,
        "history.add_past_procedure": DOCTOR,
        "history.withdraw_entry": DOCTOR,
        "history.stop_past_medication": DOCTOR,
        "history.portal_immunizations": PATIENT,
    }
)
