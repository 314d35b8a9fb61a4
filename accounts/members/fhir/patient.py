"""FHIR Patient ⇄ PatientProfile, its Member and its emergency contacts."""

import uuid
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.members.fhir.names import (
    address_of,
    country_of,
    day_of,
    fitting,
    name_of,
    note_others,
    phone_of,
    reached,
    written_name,
)
from accounts.members.models import EmergencyContact, Member, PatientProfile
from accounts.members.services.likeness import Likeness, likely_the_same
from accounts.members.services.patients import register_patient
from accounts.members.services.storing import store
from clinic.db.current import connection
from clinic.fhir.codes import IDENTIFIER_TYPE, LANGUAGES, codings, concept, words
from clinic.fhir.reading import Bringing
from clinic.fhir.references import UUIDS
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing
from clinic.languages import languages
from clinic.moving.models import ImportedRecord
from tenants.models import Organization

MAPS = (
    *(
        "identifier",
        "active",
        "name",
        "telecom",
        "gender",
        "birthDate",
        "deceasedBoolean",
        "deceasedDateTime",
    ),
    *("address", "communication", "contact", "managingOrganization"),
)


def number_system() -> str:
    """The system of our patients' numbers: this clinic's own."""
    return f"urn:uuid:{connection.tenant.pk}"


@reads("Patient", maps=MAPS)
def read_patient(resource: Resource, bringing: Bringing) -> Answer:
    """A new patient with the contacts, or one whom an identifier or the preview's decision names."""
    facts = _facts(resource, bringing)
    if not facts.get("given_name"):
        raise LeftOut(_("The patient has no name."))
    if same := _decided(bringing) or _identified(resource, facts, bringing):
        return Known(same)
    # Who came with the same files is not here yet: the desk's list of duplicates shows such two.
    alike = [each for each in likely_the_same(facts) if not bringing.has_made(each.patient)]
    profile = register_patient(by=bringing.by, **facts)
    if alike:
        bringing.doubts.append(_doubt(profile, alike, bringing))
    return [profile, *_contacts(resource, profile, bringing)]


def _decided(bringing: Bringing) -> PatientProfile | None:
    """Whom somebody has named as the same person, looking at the preview."""
    key = bringing.choices.get(bringing.name.key)
    return PatientProfile.objects.filter(pk=uuid.UUID(key)).first() if key else None


def _identified(resource: Resource, facts: dict[str, Any], bringing: Bringing) -> PatientProfile | None:
    """Who has one of the identifiers here already, and the same birthday."""
    known = bringing.by_identifiers(resource, PatientProfile)
    if known is None or known.date_of_birth != facts.get("date_of_birth"):
        return None
    return known


def _doubt(profile: PatientProfile, alike: list[Likeness], bringing: Bringing) -> dict[str, Any]:
    """A new patient who may be somebody who is here, as the preview shows it."""
    likely = [
        {
            "key": str(each.patient.pk),
            "name": each.patient.name,
            "number": each.patient.number,
            "score": each.score,
            "reasons": [str(reason) for reason in each.reasons],
        }
        for each in alike
    ]
    born = profile.date_of_birth.isoformat() if profile.date_of_birth else ""
    return {"key": bringing.name.key, "name": profile.member.name, "born": born, "alike": likely}


def _facts(resource: Resource, bringing: Bringing) -> dict[str, Any]:
    given, family = name_of(resource)
    address = address_of(resource)
    person = {
        "given_name": _as_long_as(Member, "given_name", given),
        "family_name": _as_long_as(Member, "family_name", family),
        "email": reached(resource, "email", "home", "", "work"),
        "phone": phone_of(resource, bringing),
    }
    known = {
        "date_of_birth": day_of(resource.get("birthDate")),
        "gender": resource.get("gender") or "unknown",
        "address_line": ", ".join(address.get("line") or ()) or _in_one_piece(address),
        "city": address.get("city") or "",
        "region": address.get("state") or "",
        "postal_code": address.get("postalCode") or "",
        "country": country_of(address),
        "language": _language(resource, bringing),
        "is_deceased": bool(resource.get("deceasedBoolean") or resource.get("deceasedDateTime")),
        "deceased_on": day_of(resource.get("deceasedDateTime")),
    }
    note_others(resource, bringing)
    if resource.get("active") is False:
        bringing.note("Patient", _("The file was closed there; here it is open."))
    if resource.get("deceasedDateTime") and not known["deceased_on"]:
        bringing.note("Patient", _("A day of death of which only the year or the month is known."))
    if resource.get("birthDate") and not known["date_of_birth"]:
        bringing.note("Patient", _("A date of birth of which only the year or the month is known."))
    return fitting(Member, person, bringing, "Patient") | fitting(PatientProfile, known, bringing, "Patient")


def _as_long_as(model: type[models.Model], name: str, text: str) -> str:
    """Cut, and marked so: a patient with an endless name is a patient."""
    field: Any = model._meta.get_field(name)
    return Truncator(text).chars(field.max_length)


def _in_one_piece(address: Resource) -> str:
    """An address that is told only as a whole."""
    return "" if address.get("city") else ", ".join(str(address.get("text") or "").splitlines())


def _language(resource: Resource, bringing: Bringing) -> str:
    """The preferred language (else the only one), where the clinic writes it."""
    said = resource.get("communication") or []
    chosen = [each for each in said if each.get("preferred")] or said[:1]
    code = ""
    for each in chosen:
        told = codings(each.get("language"))
        code = next((str(coding["code"]) for coding in told if coding.get("code")), "")
    if code in dict(languages()):
        return code
    short = code.partition("-")[0]
    if code and short not in dict(languages()):
        bringing.note("Patient", _("A language in which the clinic writes no messages."))
    return short if short in dict(languages()) else ""


def _contacts(resource: Resource, profile: PatientProfile, bringing: Bringing) -> list[EmergencyContact]:
    made, numbers = [], set()
    for each in resource.get("contact") or []:
        contact = {**each, "resourceType": "Patient", "name": [each.get("name") or {}]}
        contact["address"] = [each.get("address") or {}]
        phone, name = phone_of(contact, bringing), " ".join(name_of(contact)).strip()
        if not (phone and name) or phone in numbers:
            bringing.note("Patient", _("Somebody to call without a name or a number."))
            continue
        numbers.add(phone)
        relation = ", ".join(filter(None, (words(one) for one in each.get("relationship") or [])))
        facts = {"name": name, "relationship": relation[:100], "phone": phone}
        made.append(store(EmergencyContact(patient=profile, **facts)))
    return made


def _rows() -> models.QuerySet:
    """Patients with their contacts and what others call them, in three statements."""
    elsewhere = ImportedRecord.objects.filter(record_id=models.OuterRef("pk"), kind="Patient")
    told = elsewhere.exclude(source__in=["", UUIDS]).order_by("source", "key")
    known = ArraySubquery(told.values(name=JSONObject(system="source", value="key")))
    return (
        PatientProfile.objects.with_people().prefetch_related("emergency_contacts").annotate(elsewhere=known)
    )


@writes(PatientProfile, "Patient", patient="pk", rows=_rows)
def write_patient(patient: Any, writing: Writing) -> Resource:
    """The patient, with our number and those of the systems the file came from."""
    member = patient.member
    own = {"use": "usual", "type": concept(IDENTIFIER_TYPE, "MR"), "system": number_system()}
    return {
        "identifier": [{**own, "value": patient.number}, *patient.elsewhere],
        "active": member.is_admitted,
        "name": [written_name(member.given_name, member.family_name)],
        "telecom": _telecom(member),
        "gender": patient.gender,
        "birthDate": patient.date_of_birth,
        **_deceased(patient),
        "address": [_address(patient)],
        "contact": [_contact(contact) for contact in patient.emergency_contacts.all()],
        "communication": [{"language": concept(LANGUAGES, patient.language), "preferred": True}]
        if patient.language
        else [],
        "managingOrganization": writing.reference_to(
            Organization, connection.tenant.pk, connection.tenant.name
        ),
    }


def _telecom(member: Member) -> list[Resource]:
    phone = member.phone.as_e164 if member.phone else ""
    phones = [{"system": "phone", "value": phone}] if phone else []
    return phones + ([{"system": "email", "value": member.email}] if member.email else [])


def _deceased(patient: PatientProfile) -> Resource:
    """One of the two forms FHIR has: when, or only that."""
    if patient.deceased_on:
        return {"deceasedDateTime": patient.deceased_on}
    return {"deceasedBoolean": True} if patient.is_deceased else {}


def _address(patient: PatientProfile) -> Resource:
    return {
        "line": [patient.address_line],
        "city": patient.city,
        "state": patient.region,
        "postalCode": patient.postal_code,
        "country": str(patient.country),
    }


def _contact(contact: EmergencyContact) -> Resource:
    return {
        "relationship": [{"text": contact.relationship}],
        "name": {"text": contact.name},
        "telecom": [{"system": "phone", "value": contact.phone.as_e164}],
    }
