"""What becomes of a patient's own file and log-in."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from accounts.members.models import (
    AgentAssignment,
    Allergy,
    Condition,
    DistinctPeople,
    EmergencyContact,
    Guardianship,
    Invitation,
    Member,
    PatientMerge,
    PatientMergeMove,
    PatientProfile,
)
from accounts.services import forget_place
from clinic.db.current import connection
from clinic.erasure.table import (
    CLINICAL,
    IDENTITY,
    INACTIVE,
    PSEUDONYM,
    UNKNOWN,
    also_does,
    declare,
    stands_in_the_way,
    told_of,
)

# The log-in's key is taken off the member: the person may keep it, for another clinic.
declare(
    Member,
    "pk",
    now=("given_name", "family_name", "email", "phone", "user", "status"),
    becomes={"given_name": PSEUDONYM, "status": INACTIVE},
)
# The year of birth is needed to read a health record by, and to know how long a child's is kept.
declare(
    PatientProfile,
    "member",
    now=(
        *("number", "address_line", "city", "region", "postal_code", "country", "language", "notes"),
        *("date_of_birth", "deceased_on"),
    ),
    clinical=("date_of_birth", "deceased_on", "gender", "blood_group"),
    becomes={"number": PSEUDONYM, "gender": UNKNOWN},
)
declare(EmergencyContact, "patient", delete=IDENTITY)
declare(Invitation, "member", delete=IDENTITY)
declare(Guardianship, "dependant", delete=IDENTITY)
declare(Guardianship, "guardian", now=("reason", "end_reason"), stays=("starts_on", "ends_on"))
declare(AgentAssignment, "patient", now=("notes", "end_reason"), stays=("since", "until", "given_as"))
declare(Allergy, "patient", delete=CLINICAL)
declare(Condition, "patient", delete=CLINICAL)
# Of merges that were taken apart again: what they had set aside are whole rows of the person.
for _whose in ("survivor", "merged_id", "into_id"):
    declare(PatientMerge, _whose, delete=IDENTITY)
    declare(PatientMergeMove, f"merge__{_whose}", delete=IDENTITY)
for _whose in ("one", "other"):
    declare(DistinctPeople, _whose, delete=IDENTITY)
told_of(Member, "pk")
told_of(Invitation, "member")
told_of(Guardianship, "dependant")
told_of(Guardianship, "guardian")


@stands_in_the_way
def acting_for_somebody(patient_id: Any) -> Iterator[Any]:
    """Whoever acts for somebody today cannot be forgotten before the other has somebody else."""
    for each in Guardianship.objects.with_people().running().filter(guardian=patient_id):
        yield _("The patient acts for %(dependant)s. End this guardianship first.") % {
            "dependant": each.dependant.member.name
        }


@stands_in_the_way
def made_one_of_two(patient_id: Any) -> Iterator[Any]:
    """The other file has a key of its own, under which a backup knows it: each is erased by itself."""
    for merge in PatientMerge.objects.of(patient_id):
        yield _("The file %(number)s was merged into this one. Take them apart first, then erase both.") % {
            "number": merge.merged_number
        }


@also_does
def forget_log_in(patient_id: Any, using: str) -> None:
    """Take the person out of the log-in, unless it has a place elsewhere: here in another role, or away."""
    found = Member.objects.using(using).filter(pk=patient_id).values_list("user_id", flat=True).first()
    if found is None or Member.objects.using(using).filter(user_id=found).exclude(pk=patient_id).exists():
        return
    organization_id = connection.tenant.pk
    with _as_the_platform(using):
        forget_place(found, organization_id, using=using)


def _as_the_platform(using: str) -> AbstractContextManager[Any]:
    """No clinic may read where else its people go; the owner, who restores, may."""
    return schema_context("public") if using == "default" else nullcontext()
