"""FHIR Practitioner ⇄ DoctorProfile. Whoever is no doctor of ours is left to records.history."""

from django.db.models import Q

from accounts.members.fhir.names import name_of, reached, written_name
from accounts.members.models import DoctorProfile
from accounts.members.models.member import fold
from clinic.db.current import connection
from clinic.fhir.codes import IDENTIFIER_TYPE, concept
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, Resource, reads, writes
from clinic.fhir.writing import Writing


@reads("Practitioner")
def read_practitioner(resource: Resource, bringing: Bringing) -> Answer:
    """A doctor of ours, known by the e-mail address or a licence number together with the family name."""
    given, family = name_of(resource)
    email = reached(resource, "email")
    numbers = [str(each.get("value") or "") for each in resource.get("identifier") or []]
    known = Q(licence_number__in=[number for number in numbers if number])
    if email:
        known |= Q(member__email__iexact=email)
    for doctor in DoctorProfile.objects.with_people().filter(known):
        if fold(doctor.member.family_name) == fold(family or given):
            return Known(doctor)
    return None


@writes(DoctorProfile, "Practitioner", patient=None, rows=DoctorProfile.objects.with_people)
def write_practitioner(doctor: DoctorProfile, writing: Writing) -> Resource:
    """The doctor as patients know them, with the licence."""
    member = doctor.member
    licence = {"type": concept(IDENTIFIER_TYPE, "LN"), "value": doctor.licence_number}
    telecom = [{"system": "email", "value": member.email, "use": "work"}] if member.email else []
    return {
        "identifier": [{**licence, "system": f"urn:uuid:{connection.tenant.pk}"}],
        "active": member.is_admitted,
        "name": [written_name(member.given_name, member.family_name)],
        "telecom": telecom,
        "qualification": [{"code": {"text": doctor.specialisation}}],
    }
