"""A person's decision to send a message again: to where its reader is reached now."""

from django.db import transaction

from accounts.members.models import Member, PatientProfile
from accounts.members.models.guardianship import readers_of
from clinic.notifications import services as notifications
from clinic.notifications.models import Channel, OutboxMessage
from scheduling import emails
from scheduling.models import Appointment


@transaction.atomic
def requeue_message(message: OutboxMessage, *, by: Member | None) -> OutboxMessage:
    """Send again what failed or whose fate is uncertain, to the address that is on record now.

    What was to be a letter to somebody who has only a phone by now becomes a text message. Raises Refusal.
    """
    patient = PatientProfile.objects.with_people().filter(pk=message.member_id).first()
    if patient is None:
        return notifications.requeue_message(message, by=by)
    readers = readers_of(patient.member)
    known = [reader.mobile if message.channel == Channel.SMS else reader.email for reader in readers]
    to = message.recipient if message.recipient in known else known[0]
    if not to and emails.way_to(patient).to and (told := _told_otherwise(message, by)):
        return told
    return notifications.requeue_message(message, by=by, to=to)


def _told_otherwise(message: OutboxMessage, by: Member | None) -> OutboxMessage | None:
    """The same, told in the other way, if it is about one visit."""
    if message.about_id is None or message.kind not in emails.ABOUT_ONE_VISIT:
        return None
    visit = Appointment.objects.with_people().get(pk=message.about_id)
    notifications.void_message(message, by=by)
    emails.tell(message.kind, visit, key=message.key)
    about = OutboxMessage.objects.filter(kind=message.kind, key=message.key)
    return about.exclude(pk=message.pk).first()
