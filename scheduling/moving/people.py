"""Who is meant by a cell of a table: a number, an identifier of the old system, an address or a name."""

from collections import defaultdict
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, PatientProfile
from accounts.members.models.member import fold
from clinic.moving.models import ImportedRecord


class NotFound(Exception):
    """Nobody, or more than one, is meant; the sentence says which."""


class Patients:
    """The patients whom the rows of a table name, found by a few statements for all rows."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        named = {facts["patient"] for facts in rows if "patient" in facts}
        old = ImportedRecord.objects.known("", "patients", named).order_by()
        keys = dict(old.values_list("key", "record_id"))
        orders = {order for name in named for order in _orders(name)}
        meant = Q(number__in={name.upper() for name in named}) | Q(pk__in=keys.values())
        meant |= Q(member__email__in=named) | Q(member__search__in=orders)
        self._by: dict[str, list[PatientProfile]] = defaultdict(list)
        found = {patient.pk: patient for patient in PatientProfile.objects.with_people().filter(meant)}
        for key, pk in keys.items():
            self._by[key] += [found[pk]] if pk in found else []
        for patient in found.values():
            for name in (patient.number, patient.member.email.lower(), _words(patient.member.search)):
                self._by[name].append(patient)

    def find(self, facts: dict[str, Any]) -> PatientProfile:
        """The one patient a row means. Raises NotFound."""
        name, born = facts["patient"], facts.get("date_of_birth")
        for way in (name, name.upper(), name.lower(), _words(name)):
            if found := self._by.get(way):
                return _one(found, name, born)
        raise NotFound(_("No patient here is known as “%(name)s”.") % {"name": name})


def _one(found: list[PatientProfile], name: str, born: Any) -> PatientProfile:
    same = {patient.pk: patient for patient in found if born is None or patient.date_of_birth == born}
    if len(same) == 1:
        return next(iter(same.values()))
    if same:
        raise NotFound(_("More than one patient is called “%(name)s”. Add the number.") % {"name": name})
    raise NotFound(_("“%(name)s” was born on another day here.") % {"name": name})


class Doctors:
    """The clinic's doctors, by licence, address and name."""

    def __init__(self) -> None:
        self._by: dict[str, list[DoctorProfile]] = defaultdict(list)
        for doctor in DoctorProfile.objects.with_people():
            for name in (doctor.licence_number, doctor.member.email.lower(), _words(doctor.member.search)):
                self._by[name].append(doctor)

    def find(self, facts: dict[str, Any]) -> DoctorProfile:
        """The one doctor a row means; a title before the name is passed over. Raises NotFound."""
        name = facts["doctor"]
        for way in (name, name.lower(), _words(name), _words(fold(name).removeprefix("dr "))):
            if found := self._by.get(way):
                if len(found) > 1:
                    raise NotFound(_("More than one doctor is called “%(name)s”.") % {"name": name})
                return found[0]
        raise NotFound(_("No doctor here is known as “%(name)s”.") % {"name": name})


def _words(name: str) -> str:
    """A name whatever the order of its words."""
    return " ".join(sorted(fold(name).split()))


def _orders(name: str) -> list[str]:
    """The words of a name in every order that begins anywhere: Okafor, Ada is Ada Okafor."""
    words = fold(name).split()
    return [" ".join(words[start:] + words[:start]) for start in range(len(words))]
