"""What a feed shows: the visits of one doctor or one patient."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from clinic.db.current import connection
from clinic.languages import speaking
from scheduling.calendars.entries import COLUMNS, SHOWN, Entry, for_patient, for_staff
from scheduling.calendars.files import File, file_of
from scheduling.models import Appointment, BookingPolicy
from scheduling.models.clocks import bounds

# How far back a feed reaches; ahead it reaches as far as patients may book.
BACK = datetime.timedelta(days=92)


def feed_of(member: Member) -> File:
    """The visits of this doctor or this patient that calendars show. Two statements."""
    today = timezone.localdate()
    since, until = bounds(today - BACK, today + BookingPolicy.objects.current().horizon)
    near = Appointment.objects.filter(starts_at__gte=since, starts_at__lt=until, status__in=SHOWN)
    visits = near.with_people().select_related("branch").only(*COLUMNS).order_by("starts_at", "pk")
    if member.may("scheduling.view_my_day"):
        return _feed([for_staff(visit) for visit in visits.filter(doctor_id=member.pk)])
    with speaking(getattr(member.profile, "language", "")):
        return _feed([for_patient(visit) for visit in visits.filter(patient_id=member.pk)])


def _feed(entries: list[Entry]) -> File:
    return file_of(entries, name=_("Visits at %(clinic)s") % {"clinic": connection.tenant.name})
