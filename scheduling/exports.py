"""What of the calendar is given out."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.exports.table import Block, Given, secret, section
from clinic.templatetags.clinic import day_time
from scheduling.models import Appointment

secret("scheduling.Appointment", "token_hash", "address_hash", "calendar_id")
secret("scheduling.CalendarFeed", "token_hash")


@section(70, gettext_lazy("Visits"))
def visits(given: Given) -> Iterator[Block]:
    """When the patient came, or was to come, and to whom."""
    found = Appointment.objects.filter(patient=given.patient).select_related("doctor__member")
    rows = [
        (day_time(one.starts_at), one.doctor.member.name, one.get_status_display(), one.reason)
        for one in found.order_by("starts_at")
    ]
    if rows:
        yield Block(head=(_("Time"), _("Doctor"), _("State"), _("Reason")), rows=rows)
