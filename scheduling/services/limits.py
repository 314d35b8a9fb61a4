"""How much the public page lets one patient, one mailbox, one connection, and all strangers together keep.

Who is refused is told the same, whatever the reason: the sentence must not say who is a patient here.
"""

import datetime
import ipaddress
from typing import Any

from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.db.current import connection
from clinic.db.locks import stand_in_line
from clinic.models import Refusal
from scheduling.models import Appointment, BookingPolicy, Source, Status, count_free

HOUR = datetime.timedelta(hours=1)
# The free times that unconfirmed requests are measured against, and how many a small clinic keeps anyway.
AHEAD = datetime.timedelta(days=27)
LEAST = 3
# One household or company has a whole network of this size (RFC 6177).
NETWORK_OF_IPV6 = 64


def hashed_address(address: str) -> str:
    """What is kept of an internet address: enough to count its requests for a while, not to find it."""
    if not address:
        return ""
    network = ipaddress.ip_address(address)
    if network.version == 6:
        network = ipaddress.ip_network((network, NETWORK_OF_IPV6), strict=False).network_address
    salt = f"scheduling.address.{connection.schema_name}"
    return salted_hmac(salt, str(network), algorithm="sha256").hexdigest()


def queue_with(purpose: str) -> None:
    """Let one of those who count the same stand behind the other until the transaction ends."""
    stand_in_line(f"{connection.schema_name} {purpose}")


def refuse_too_many_from(address_hash: str, policy: BookingPolicy) -> None:
    """Refuse a connection that has asked often enough within the hour, whatever became of it."""
    recent = Appointment.objects.filter(address_hash=address_hash, created_at__gt=timezone.now() - HOUR)
    if address_hash and recent.count() >= policy.most_per_address:
        raise enough()


def refuse_too_many_with(email: str, phone: Any, policy: BookingPolicy) -> None:
    """Refuse a mailbox or a phone number with enough open requests."""
    reached = Q()
    if email:
        reached |= Q(mailbox=mailbox(email))
    if phone:
        reached |= Q(patient__member__phone=phone)
    if not reached:
        return
    tagless = Func(F("patient__member__email"), Value(r"\+[^@]*@"), Value("@"), function="regexp_replace")
    open_requests = Appointment.objects.filter(status=Status.PENDING, source=Source.PUBLIC).order_by()
    if open_requests.annotate(mailbox=Lower(tagless)).filter(reached).count() >= policy.most_per_contact:
        raise enough()


def mailbox(email: str) -> str:
    """The mailbox behind an address: ada+clinic@example.com is Ada's too (RFC 5233)."""
    name, _at, domain = email.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def refuse_too_many_of(patient: PatientProfile, policy: BookingPolicy) -> None:
    """Refuse a stranger in the name of a patient who has enough visits ahead that were booked online."""
    if has_enough(patient, policy):
        raise enough()


def refuse_own_surplus(patient: PatientProfile) -> None:
    """Refuse a patient with a log-in, who may know why."""
    queue_with(f"visits of {patient.pk}")
    if has_enough(patient, BookingPolicy.objects.current()):
        raise Refusal(
            _("You have as many visits ahead as can be booked online. Move or cancel one, or call us.")
        )


def has_enough(patient: PatientProfile, policy: BookingPolicy) -> bool:
    """Whether the patient has as many visits ahead that were booked online as the clinic allows."""
    online = (
        Appointment.objects.for_patient(patient).coming().filter(source__in=(Source.PUBLIC, Source.PORTAL))
    )
    return online.count() >= policy.most_per_patient


def refuse_when_crowded(policy: BookingPolicy, *, coming: int = 0) -> None:
    """Refuse a request when those that nobody confirmed keep too many of the free times.

    Before it is stored, `coming` says that it will be one more: that is cheap, and stops most. Once stored,
    the times that all of them cover are counted too: a long visit covers several.
    """
    unconfirmed = Appointment.objects.unconfirmed_requests().count() + coming
    if unconfirmed <= LEAST:
        return
    doctors = list(DoctorProfile.objects.bookable().values_list("pk", flat=True))
    days = timezone.localdate(), timezone.localdate() + AHEAD
    offered = count_free(doctors, *days, settled=True)
    most = policy.most_unconfirmed_percent * offered
    if unconfirmed * 100 > most:
        raise enough()
    if not coming and (offered - count_free(doctors, *days)) * 100 > most:
        raise enough()


def enough() -> Refusal:
    """The one answer to whoever asks for too much; it says what to do instead."""
    sentence = _(
        "We cannot keep another time for you now. If you have asked before, open the link you were given: "
        "there you can confirm, move or cancel the visit. Otherwise please call us, or try again later."
    )
    phone = connection.tenant.phone
    return Refusal(f"{sentence} ({phone})" if phone else sentence)
