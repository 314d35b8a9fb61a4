"""A table of patients."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from accounts.members.moving.namesakes import Namesakes
from accounts.members.moving.person import GENDERS, PERSON, birth, blood_group, country, language, said_of
from accounts.members.services import (
    add_allergy,
    add_condition,
    add_emergency_contact,
    register_patients,
)
from clinic.moving.tables import Alike, Column, Problem, Taker, batched, takes
from clinic.moving.tables import columns as cells

AT_ONCE = 500
PARTS = ("contact_name", "contact_relationship", "contact_phone", "allergies", "conditions", "there")


@takes
class Patients(Taker):
    """Patients, with whom to call, allergies and lasting illnesses."""

    name = "patients"
    label = _("Patients")
    icon = "people"
    about = _("Names, dates of birth, contact, address, allergies, lasting illnesses")
    position = 10
    result = "members:patient_list"
    identifier = "there"
    columns = (
        *PERSON,
        Column(
            "date_of_birth",
            _("Date of birth"),
            birth,
            ("dob", "birthdate", "birth date", "born", "geburtsdatum", "geboren", "geb", "date de naissance"),
            example="1985-04-23",
        ),
        Column(
            "gender",
            _("Gender"),
            cells.choice(GENDERS),
            ("sex", "geschlecht", "sexe", "genre"),
            example="female",
        ),
        Column(
            "there",
            _("Number in the old system"),
            cells.text(200),
            ("id", "patient id", "patient number", "mrn", "number", "patientennummer", "nr", "numéro"),
            example="10432",
        ),
        Column(
            "blood_group",
            _("Blood group"),
            blood_group,
            ("blood type", "blutgruppe", "groupe sanguin"),
            example="O+",
        ),
        Column(
            "address_line",
            _("Street and house"),
            cells.text(200),
            ("address", "street", "strasse", "straße", "adresse", "anschrift", "rue"),
            example="12 Marina Road",
        ),
        Column(
            "postal_code",
            _("Postal code"),
            cells.text(20),
            ("zip", "postcode", "zip code", "plz", "postleitzahl", "code postal"),
            example="101001",
        ),
        Column("city", _("Town"), cells.text(100), ("city", "ort", "stadt", "ville"), example="Lagos"),
        Column(
            "region",
            _("State or region"),
            cells.text(100),
            ("state", "region", "province", "bundesland", "région", "county"),
            example="Lagos",
        ),
        Column("country", _("Country"), country, ("land", "pays", "country code"), example="NG"),
        Column(
            "language",
            _("Language of messages"),
            language,
            ("language", "sprache", "langue"),
            example="English",
        ),
        Column(
            "notes",
            _("Notes for the desk"),
            cells.text(4000, lines=True),
            ("notes", "note", "comment", "remarks", "bemerkung", "bemerkungen", "notiz", "remarques"),
        ),
        Column(
            "contact_name",
            _("Emergency contact"),
            cells.text(200),
            ("emergency contact name", "next of kin", "notfallkontakt", "contact d'urgence"),
            example="Chidi Okafor",
        ),
        Column(
            "contact_relationship",
            _("Relationship of the contact"),
            cells.text(100),
            ("relationship", "beziehung", "lien"),
            example="Brother",
        ),
        Column(
            "contact_phone",
            _("Phone of the contact"),
            cells.phone,
            ("emergency contact phone", "next of kin phone", "notfallnummer", "téléphone d'urgence"),
            example="+2348037654321",
        ),
        Column(
            "allergies",
            _("Allergies"),
            cells.several(200),
            ("allergy", "allergien", "allergie"),
            example="Penicillin; peanuts",
        ),
        Column(
            "conditions",
            _("Lasting illnesses"),
            cells.several(200),
            ("conditions", "chronic diseases", "diagnoses", "vorerkrankungen", "maladies chroniques"),
            example="Asthma",
        ),
    )

    def __init__(self) -> None:
        self.index = Namesakes()

    def look_up(self, rows: list[dict[str, Any]]) -> None:
        """Everybody who shares a name, a birthday, a number or an address with one of the rows."""
        self.index.fill(rows)

    def problems(self, facts: dict[str, Any]) -> Iterator[Problem]:
        """A contact has a name and a number."""
        if ("contact_name" in facts) != ("contact_phone" in facts):
            given = "contact_phone" if "contact_name" in facts else "contact_name"
            yield Problem(given, now("Whom to call needs both a name and a phone number."))

    def alike(self, facts: dict[str, Any], line: int) -> Alike | None:
        """The likeliest of those who are here, or stand further up."""
        found = self.index.likeliest(facts)
        self.index.note(facts, line)
        return found

    def here(self, keys: Collection[Any]) -> dict[Any, dict[str, Any]]:
        """What is in their files."""
        patients = PatientProfile.objects.with_people().filter(pk__in=keys).order_by()
        return {patient.pk: said_of(patient, self.columns, PARTS) for patient in patients}

    def bring_all(self, rows: list[dict[str, Any]], *, by: Any) -> Iterator[list[models.Model]]:
        """Register the patients, many at once, and what is known of each besides."""
        for some in batched(rows, AT_ONCE):
            people = [{name: facts[name] for name in facts if name not in PARTS} for facts in some]
            for facts, patient in zip(some, register_patients(people, by=by), strict=True):
                yield [patient, *self._parts(patient, facts, by)]

    def _parts(self, patient: PatientProfile, facts: dict[str, Any], by: Any) -> Iterator[models.Model]:
        if "contact_name" in facts:
            contact = {name: facts.get(f"contact_{name}", "") for name in ("name", "relationship", "phone")}
            yield add_emergency_contact(patient, by=by, **contact)
        for substance in facts.get("allergies", ()):
            yield add_allergy(patient, by=by, substance=substance)
        for name in facts.get("conditions", ()):
            yield add_condition(patient, by=by, name=name)
