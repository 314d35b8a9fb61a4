"""Whether what was signed is what was signed."""

from collections.abc import Iterator

from records.models import Consultation
from tenants.backup.table import add_up, proves

add_up("signed consultations", "SELECT status, count(*) FROM records_consultation GROUP BY 1 ORDER BY 1")


@proves
def consultations_are_what_was_signed() -> Iterator[str]:
    """The content of each still has the fingerprint it was signed with."""
    for consultation in Consultation.objects.unfaithful():
        yield f"consultation {consultation.pk} is not what was signed."
