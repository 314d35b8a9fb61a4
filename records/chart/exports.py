"""Who opened the record, as the patient reads it."""

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.audit.models import AuditEvent
from clinic.exports.table import Block, Given, section
from clinic.templatetags.clinic import day_time
from records.models import EmergencyAccess

# More than anybody reads on paper; the portal shows all.
MOST = 500


@section(90, gettext_lazy("Who opened the record"))
def openings(given: Given) -> Iterator[Block]:
    """The latest first, as in the portal."""
    glass = EmergencyAccess._meta.db_table
    found = AuditEvent.objects.openings(given.patient.pk, first=glass)[:MOST]
    rows = [
        (
            day_time(one.at),
            one.actor_label,
            capfirst(str(one.record_name)),
            one.reason if one.table_name == glass else "",
        )
        for one in found
    ]
    if rows:
        yield Block(head=(_("When"), _("Who"), _("What"), _("Reason")), rows=rows)
