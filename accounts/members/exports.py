"""What of a clinic's people is given out, and what a patient reads of oneself."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.members.models import Guardianship
from clinic.exports.table import Block, Given, left_out, secret, section, withheld
from clinic.templatetags.clinic import day

secret("members.Member", "user_id")
secret("members.Invitation", "token_hash")
TWO_FILES = gettext_lazy(
    "It names a second file, which may be another person's: what stands in them is given out."
)
for label in ("members.DistinctPeople", "members.PatientMerge", "members.PatientMergeMove"):
    withheld(label, TWO_FILES)
left_out("members.PatientSeries", gettext_lazy("A counter: the numbers themselves are with the patients."))


@section(10, gettext_lazy("Person"))
def person(given: Given) -> Iterator[Block]:
    """Who it is, and where the clinic reaches them."""
    patient = given.patient
    member = patient.member
    facts = [
        (_("Born"), day(patient.date_of_birth)),
        (_("Gender"), patient.get_gender_display()),
        (_("Blood group"), patient.blood_group),
        (_("Phone"), member.phone),
        (_("E-mail"), member.email),
        (_("Address"), patient.address),
    ]
    yield Block(facts=facts)
    if patient.notes:
        yield Block(_("Notes for the desk"), text=patient.notes)


@section(11, gettext_lazy("Contacts and family"))
def contacts(given: Given) -> Iterator[Block]:
    """Whom the clinic calls, and who acts for the patient."""
    rows = [(one.name, one.relationship, one.phone) for one in given.patient.emergency_contacts.all()]
    if rows:
        yield Block(_("In an emergency"), head=(_("Name"), _("Relationship"), _("Phone")), rows=rows)
    acting = Guardianship.objects.with_people().filter(dependant=given.patient)
    people = [
        (one.guardian.name, one.get_relation_display(), day(one.starts_on), day(one.ends_on))
        for one in acting
    ]
    if people:
        head = (_("Who acts for the patient"), _("As"), _("From"), _("Until"))
        yield Block(head=head, rows=people)


@section(20, gettext_lazy("Allergies and conditions"))
def health(given: Given) -> Iterator[Block]:
    """What the doctors keep in sight."""
    patient = given.patient
    allergies = [(one.substance, one.get_severity_display(), one.reaction) for one in patient.allergies.all()]
    if allergies:
        yield Block(_("Allergies"), head=(_("Substance"), _("Severity"), _("Reaction")), rows=allergies)
    conditions = [
        (one.name, day(one.since), _("Still present") if one.is_active else _("Over"))
        for one in patient.conditions.all()
    ]
    if conditions:
        yield Block(_("Conditions"), head=(_("Condition"), _("Since"), _("State")), rows=conditions)
