"""Who acts for whom: entered and ended by the desk, and over by itself on the last day."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members import emails
from accounts.members.models import Guardianship, Member, PatientProfile
from accounts.members.models.guardianship import Ending, eighteenth_birthday
from accounts.members.services.storing import store
from clinic.models import Refusal

# So long before somebody is of age, whoever acts for them is told.
NOTICE = datetime.timedelta(days=30)


def appoint(guardian: Member, dependant: PatientProfile, *, by: Member | None, **facts: Any) -> Guardianship:
    """Let `guardian` act for `dependant` until the eighteenth birthday, or until `ends_on` for a `reason`."""
    for earlier in Guardianship.objects.unended().filter(guardian=guardian, dependant=dependant):
        if earlier.state == "over":
            _end(earlier, Ending.OVER, by=None)
    facts["ends_on"] = facts.get("ends_on") or _usual_end(dependant)
    guardianship: Guardianship = store(Guardianship(guardian=guardian, dependant=dependant, **facts))
    return guardianship


def _usual_end(dependant: PatientProfile) -> datetime.date:
    born = dependant.date_of_birth
    if born is None:
        raise Refusal(_("Enter the patient's date of birth first, or say until when and why."), "ends_on")
    end = eighteenth_birthday(born)
    if end <= timezone.localdate():
        raise Refusal(_("The patient is of age. Say until when somebody acts for them, and why."), "ends_on")
    return end


@transaction.atomic
def verify_guardianship(guardianship: Guardianship, *, by: Member | None) -> Guardianship:
    """Note that the clinic has seen the papers: from now on the guardian reads the records too."""
    found = unended(guardianship)
    if found.verified_at:
        raise Refusal(_("The papers were seen already."))
    found.verified_at, found.verified_by = timezone.now(), by
    stored: Guardianship = store(found, ["verified_at", "verified_by"])
    return stored


@transaction.atomic
def extend_guardianship(
    guardianship: Guardianship, *, by: Member | None, ends_on: datetime.date, reason: str = ""
) -> Guardianship:
    """Let it run until another day; beyond the eighteenth birthday only for a `reason`."""
    found = unended(guardianship)
    if ends_on <= timezone.localdate():
        raise Refusal(_("Choose a day that is still to come, or end it."), "ends_on")
    found.ends_on, found.reason = ends_on, reason
    stored: Guardianship = store(found, ["ends_on", "reason"])
    return stored


@transaction.atomic
def end_guardianship(guardianship: Guardianship, *, by: Member | None, reason: str) -> Guardianship:
    """Nobody acts by it any more, from the next request on; the guardian is told, without the reason."""
    return _end(unended(guardianship), Ending.ENDED, by=by, reason=reason)


def unended(guardianship: Guardianship) -> Guardianship:
    """The guardianship, locked. Raises Refusal when it has ended."""
    found: Guardianship = Guardianship.objects.with_people().locked(guardianship.pk)
    if found.ended_at:
        raise Refusal(_("This has ended already."))
    return found


def _end(guardianship: Guardianship, ending: str, *, by: Member | None, reason: str = "") -> Guardianship:
    guardianship.ended_at, guardianship.ended_by = timezone.now(), by
    guardianship.ending, guardianship.end_reason = ending, reason
    store(guardianship, ["ended_at", "ended_by", "ending", "end_reason"])
    emails.guardianship_ended(guardianship)
    return guardianship


def let_go(dependant_id: Any) -> int:
    """Whoever acted for this patient does so no more: they act for themselves now; how many that were."""
    found = Guardianship.objects.with_people().unended().filter(dependant_id=dependant_id)
    ended = [
        _end(each, Ending.HANDED_OVER, by=each.handed_over_by)
        for each in found.select_for_update(of=("self",))
    ]
    return len(ended)


def follow_birthday(patient: PatientProfile, *, by: Member | None) -> None:
    """What was to last until the eighteenth birthday does so when the date of birth is corrected."""
    if patient.date_of_birth is None:
        return
    end = eighteenth_birthday(patient.date_of_birth)
    found = Guardianship.objects.with_people().unended().filter(dependant=patient, reason="")
    for each in found.select_for_update(of=("self",)):
        if end <= max(timezone.localdate(), each.starts_on):
            _end(each, Ending.OVER, by=by)
        else:
            each.ends_on = end
            store(each, ["ends_on"])


def end_past_guardianships() -> int:
    """Note of those whose last day has passed that they have ended; how many. They opened nothing already."""
    over = Guardianship.objects.with_people().unended().filter(ends_on__lte=timezone.localdate())
    with transaction.atomic():
        return len([_end(each, Ending.OVER, by=None) for each in over.select_for_update(of=("self",))])


def announce_endings() -> int:
    """Tell those whose guardianship ends within 30 days, once for each day of ending; how many letters."""
    soon = timezone.localdate() + NOTICE
    ending = Guardianship.objects.running().with_people().filter(ends_on__lte=soon)
    return sum(emails.guardianship_ending(each) for each in ending)
