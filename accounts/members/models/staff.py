"""What a role adds to a member who works here. The member's key is the profile's key."""

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import MemberStatus
from accounts.members.roles import Role
from clinic.models import Entity, EntityQuerySet

if TYPE_CHECKING:
    from accounts.members.models.member import Member


def of_member(role: Role) -> models.OneToOneField:
    """The profile's key: its member, who carries `role`."""
    return models.OneToOneField(
        "members.Member", models.PROTECT, primary_key=True, related_name=role.value, verbose_name=_("member")
    )


def constant(role: Role) -> models.GeneratedField:
    """A column that always says `role`: together with the key it points to a member of that role."""
    return models.GeneratedField(
        expression=models.Value(role.value), output_field=models.CharField(max_length=20), db_persist=True
    )


class ProfileQuerySet(EntityQuerySet):
    """Words for profiles."""

    def visible_to(self, member: "Member") -> Self:
        """Those of the members whom `member` may look up."""
        return self.filter(models.Q(member__in=type(member).objects.visible_to(member)))

    def with_people(self) -> Self:
        """Loaded together with the member."""
        return self.select_related("member")

    def active(self) -> Self:
        """Those of members who are let in."""
        return self.filter(member__status=MemberStatus.ACTIVE)


class Profile(Entity):
    """A role's own facts about one member. That the kinds agree is kept by the database."""

    id = None  # type: ignore[assignment]
    objects = ProfileQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.member.name  # type: ignore[attr-defined]

    @property
    def name(self) -> str:
        """The person's name."""
        return self.member.name  # type: ignore[attr-defined]


class AdminProfile(Profile):
    """Runs the clinic."""

    member = of_member(Role.ADMIN)
    role = constant(Role.ADMIN)
    job_title = models.CharField(_("job title"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("administrator")
        verbose_name_plural = _("administrators")


class DoctorQuerySet(ProfileQuerySet):
    """Words for doctors."""

    def bookable(self) -> Self:
        """Those whom patients may book."""
        return self.active().filter(is_bookable=True)


class DoctorProfile(Profile):
    """Sees patients (FHIR Practitioner)."""

    member = of_member(Role.DOCTOR)
    role = constant(Role.DOCTOR)
    specialisation = models.CharField(_("specialisation"), max_length=100)
    licence_number = models.CharField(
        _("licence number"),
        max_length=50,
        unique=True,
        error_messages={"unique": _("Another doctor here already has this licence number.")},
    )
    years_of_experience = models.PositiveSmallIntegerField(
        _("years of experience"), null=True, blank=True, validators=[MaxValueValidator(80)]
    )
    qualifications = models.TextField(_("qualifications"), blank=True, max_length=2000)
    clinic_address = models.CharField(_("where patients are seen"), max_length=300, blank=True)
    consultation_fee = models.DecimalField(
        _("consultation fee"), max_digits=12, decimal_places=3, default=0, validators=[MinValueValidator(0)]
    )
    bio = models.TextField(_("about the doctor"), blank=True, max_length=4000)
    is_bookable = models.BooleanField(_("patients may book"), default=True)

    objects = DoctorQuerySet.as_manager()

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(consultation_fee__gte=0),
                name="members_doctor_fee",
                violation_error_message=_("A fee is not below zero."),
            ),
            models.CheckConstraint(
                condition=models.Q(years_of_experience__isnull=True) | models.Q(years_of_experience__lte=80),
                name="members_doctor_years",
                violation_error_message=_("Nobody has practised for more than 80 years."),
            ),
            models.CheckConstraint(
                condition=~models.Q(licence_number=""),
                name="members_doctor_licence_given",
                violation_error_message=_("Give the licence number."),
            ),
        )
        indexes = (models.Index(fields=["specialisation"], name="members_doctor_specialisation"),)


class ReceptionistProfile(Profile):
    """Keeps the front desk."""

    member = of_member(Role.RECEPTIONIST)
    role = constant(Role.RECEPTIONIST)
    desk = models.CharField(_("desk"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("receptionist")
        verbose_name_plural = _("receptionists")


class AgentProfile(Profile):
    """Brings patients to the clinic."""

    member = of_member(Role.AGENT)
    role = constant(Role.AGENT)
    agency = models.CharField(_("agency"), max_length=200, blank=True)
    territory = models.CharField(_("territory"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")


class CaregiverProfile(Profile):
    """Visits patients at home."""

    member = of_member(Role.CAREGIVER)
    role = constant(Role.CAREGIVER)
    qualifications = models.TextField(_("qualifications"), blank=True, max_length=2000)
    address = models.CharField(_("address"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("caregiver")
        verbose_name_plural = _("caregivers")
