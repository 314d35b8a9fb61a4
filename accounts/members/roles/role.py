"""What a member can be, and the groups of roles that may do the same."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member is in this clinic: exactly one. Who is two things has two members."""

    ADMIN = "admin", _("Administrator")
    DOCTOR = "doctor", _("Doctor")
    RECEPTIONIST = "receptionist", _("Receptionist")
    PATIENT = "patient", _("Patient")
    AGENT = "agent", _("Agent")
    CAREGIVER = "caregiver", _("Caregiver")


A, D, R, P = Role.ADMIN, Role.DOCTOR, Role.RECEPTIONIST, Role.PATIENT

EVERYBODY = frozenset(Role)
STAFF = EVERYBODY - {P}
DESK = frozenset({A, R})
TEAM = frozenset({A, R, D})
TEAM_AND_PATIENT = frozenset({A, R, D, P})
ADMIN = frozenset({A})
DOCTOR = frozenset({D})
# Whom a record's content concerns; reception sees none of it.
CLINICAL = frozenset({A, D})
CLINICAL_AND_PATIENT = frozenset({A, D, P})
DOCTOR_AND_ADMIN = frozenset({A, D})
DOCTOR_AND_RECEPTION = frozenset({D, R})
PATIENT = frozenset({P})
DOCTOR_AND_PATIENT = frozenset({D, P})
AGENT = frozenset({Role.AGENT})
# Who signs in with a second factor in every clinic; a clinic asks it of more (members.update_access_policy).
SECOND_FACTOR = frozenset({A, D})
