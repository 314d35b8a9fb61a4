"""What is known of a patient besides the visits."""

import datetime
from typing import Self, cast

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import Country, CountryField
from phonenumber_field.modelfields import PhoneNumberField

from accounts.members.models.member import Member, actor
from accounts.members.models.search import meant_by
from accounts.members.models.staff import Profile, ProfileQuerySet, constant, of_member
from accounts.members.roles import Role
from clinic.languages import languages
from clinic.models import Entity, EntityQuerySet, one_of

OLDEST = datetime.date(1900, 1, 1)


def plausible_birth_date(value: datetime.date) -> None:
    """A date of birth lies between 1900 and today."""
    if value > timezone.localdate():
        raise ValidationError(_("A date of birth cannot lie in the future."), code="future")
    if value < OLDEST:
        raise ValidationError(_("Check the year: nobody alive was born before 1900."), code="too_old")


def not_in_the_future(value: datetime.date) -> None:
    """A day that was, or is today."""
    if value > timezone.localdate():
        raise ValidationError(_("This day has not come yet. Check the date."), code="future")


class Gender(models.TextChoices):
    """FHIR AdministrativeGender."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not known")


class BloodGroup(models.TextChoices):
    """ABO and Rh(D)."""

    A_POSITIVE = "A+", "A+"
    A_NEGATIVE = "A-", "A−"
    B_POSITIVE = "B+", "B+"
    B_NEGATIVE = "B-", "B−"
    AB_POSITIVE = "AB+", "AB+"
    AB_NEGATIVE = "AB-", "AB−"
    O_POSITIVE = "O+", "O+"
    O_NEGATIVE = "O-", "O−"
    UNKNOWN = "", _("Not known")


class PatientQuerySet(ProfileQuerySet):
    """Words for patients."""

    def visible_to(self, member: Member) -> Self:
        """All of them for the team; for a patient, oneself."""
        if member.may("members.view_patients"):
            return self
        own = models.Q(pk=member.pk)
        return self.filter(own | models.Q(member__user_id=member.user_id) if member.user_id else own)

    def active(self) -> Self:
        """Those who are let in and alive: whom one books, queues and calls."""
        return super().active().filter(is_deceased=False)

    def search(self, text: str) -> Self:
        """Those whom `text` may mean: names, a number, a phone number, a date of birth, together too."""
        text = text.strip()
        return self.filter(meant_by(text)) if text else self

    def by_name(self) -> Self:
        """In the order of their names, by an index."""
        return self.filter(member__role=Role.PATIENT).order_by(
            "member__given_name", "member__family_name", "member__id"
        )


class PatientProfile(Profile):
    """Is treated here (FHIR Patient)."""

    member = of_member(Role.PATIENT)
    role = constant(Role.PATIENT)
    number = models.CharField(_("patient number"), max_length=12, unique=True, editable=False)
    date_of_birth = models.DateField(
        _("date of birth"), null=True, blank=True, validators=[plausible_birth_date], db_index=True
    )
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, default=Gender.UNKNOWN)
    blood_group = models.CharField(_("blood group"), max_length=3, choices=BloodGroup.choices, blank=True)
    address_line = models.CharField(_("street and house"), max_length=200, blank=True)
    city = models.CharField(_("town"), max_length=100, blank=True)
    region = models.CharField(_("state or region"), max_length=100, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = CountryField(_("country"), blank=True)
    # FHIR Patient.communication: the language of what is sent to the patient; empty is the clinic's.
    language = models.CharField(
        _("language of messages"),
        max_length=10,
        blank=True,
        choices=languages,
        error_messages={"invalid_choice": _("Choose one of the languages offered.")},
    )
    # FHIR Patient.deceased[x]: that somebody has died is known more often than when.
    is_deceased = models.BooleanField(_("has died"), default=False)
    deceased_on = models.DateField(_("date of death"), null=True, blank=True, validators=[not_in_the_future])
    notes = models.TextField(_("notes for the desk"), blank=True, max_length=4000)
    # Whose word the file is: the desk's, an agent's; empty when the patient came alone.
    registered_by = actor(_("registered by"))

    objects = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints = (
            one_of("gender", Gender, "members_patient_gender"),
            one_of("blood_group", BloodGroup, "members_patient_blood_group"),
            models.CheckConstraint(
                condition=models.Q(date_of_birth__isnull=True) | models.Q(date_of_birth__gte=OLDEST),
                name="members_patient_born",
                violation_error_message=_("Check the year: nobody alive was born before 1900."),
            ),
            models.CheckConstraint(
                condition=models.Q(deceased_on__isnull=True) | models.Q(is_deceased=True),
                name="members_patient_died",
                violation_error_message=_("Tick that the patient has died, or clear the date of death."),
            ),
            models.CheckConstraint(
                condition=models.Q(deceased_on__isnull=True)
                | models.Q(date_of_birth__isnull=True)
                | models.Q(deceased_on__gte=models.F("date_of_birth")),
                name="members_patient_lived",
                violation_error_message=_("Nobody dies before being born. Check the two dates."),
            ),
        )

    @property
    def address(self) -> str:
        """The whole address on one line."""
        town = f"{self.postal_code} {self.city}".strip()
        country = cast(Country, self.country)
        return ", ".join(part for part in (self.address_line, town, self.region, country.name) if part)

    def age_on(self, day: datetime.date) -> int | None:
        """Completed years of life on `day`, or None when the date of birth is not known."""
        born = self.date_of_birth
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def age(self) -> int | None:
        """Completed years of life: today, or on the day of death."""
        return self.age_on(self.deceased_on or timezone.localdate())


class PatientSeries(models.Model):
    """The one row that hands out patient numbers, without gaps."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("patient numbers")
        verbose_name_plural = _("patient numbers")
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="members_patient_series_single"),
        )

    def __str__(self) -> str:
        return self.label(self.last_number)

    @staticmethod
    def label(number: int) -> str:
        """How a patient number is written."""
        return f"P-{number:05d}"

    @classmethod
    def take(cls) -> str:
        """The next number. Others who register wait until this transaction ends."""
        return cls.take_many(1)[0]

    @classmethod
    def take_many(cls, count: int) -> list[str]:
        """The next so many numbers."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO members_patientseries AS series (id, last_number) VALUES (1, %(count)s) "
                "ON CONFLICT (id) DO UPDATE SET last_number = series.last_number + %(count)s "
                "RETURNING last_number",
                {"count": count},
            )
            last = cursor.fetchone()[0]
        return [cls.label(number) for number in range(last - count + 1, last + 1)]


class PatientPartQuerySet(EntityQuerySet):
    """Words for what belongs to a patient."""

    def visible_to(self, member: Member) -> Self:
        """Those of patients whom `member` may look up."""
        return self.filter(patient__in=PatientProfile.objects.visible_to(member))


class EmergencyContact(Entity):
    """Whom to call for a patient."""

    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="emergency_contacts", verbose_name=_("patient")
    )
    name = models.CharField(_("name"), max_length=200)
    relationship = models.CharField(_("relationship"), max_length=100, blank=True)
    phone = PhoneNumberField(_("phone"), max_length=32)

    objects = PatientPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency contact")
        verbose_name_plural = _("emergency contacts")
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["patient", "phone"],
                name="members_contact_once",
                violation_error_message=_("This phone number is already one of the patient's contacts."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Severity(models.TextChoices):
    """How badly the patient reacts (FHIR AllergyIntolerance.reaction.severity)."""

    MILD = "mild", _("Mild")
    MODERATE = "moderate", _("Moderate")
    SEVERE = "severe", _("Severe")


class Allergy(Entity):
    """What a patient does not tolerate (FHIR AllergyIntolerance)."""

    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="allergies", verbose_name=_("patient")
    )
    substance = models.CharField(_("substance"), max_length=200)
    severity = models.CharField(
        _("severity"), max_length=10, choices=Severity.choices, default=Severity.MODERATE
    )
    reaction = models.CharField(_("reaction"), max_length=300, blank=True)

    objects = PatientPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("allergy")
        verbose_name_plural = _("allergies")
        ordering = ("substance", "id")
        constraints = (
            one_of("severity", Severity, "members_allergy_severity"),
            models.UniqueConstraint(
                "patient",
                Lower("substance"),
                name="members_allergy_once",
                violation_error_message=_("This allergy is already on record."),
            ),
        )

    def __str__(self) -> str:
        return self.substance


class Condition(Entity):
    """A lasting illness (FHIR Condition)."""

    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="conditions", verbose_name=_("patient")
    )
    name = models.CharField(_("condition"), max_length=200)
    since = models.DateField(_("since"), null=True, blank=True, validators=[plausible_birth_date])
    is_active = models.BooleanField(_("still present"), default=True)

    objects = PatientPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ("-is_active", "name", "id")
        constraints = (
            models.UniqueConstraint(
                "patient",
                Lower("name"),
                name="members_condition_once",
                violation_error_message=_("This condition is already on record."),
            ),
        )

    def __str__(self) -> str:
        return self.name
