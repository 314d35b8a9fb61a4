"""The member: a person in this clinic, in exactly one role."""

import re
import unicodedata
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models.functions import Reverse
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import PhoneNumberType, number_type

from accounts.members.roles import Role, allows
from clinic.inbox.models import UnreadCount
from clinic.models import Entity, EntityQuerySet, Stateful, one_of
from clinic.states import Transitions

# Letters that Unicode does not take apart into a base letter and an accent.
_WHOLE, _PLAIN = "øłđıħŧðþ", "oldihtdt"
# What parts a name into words besides spaces.
_PARTING = "[-.,'’/_@]+"
# Where numbers do not tell (North America), it may be one.
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def fold(text: str) -> str:
    """`text` as the search column holds it: small letters without accents, words parted by spaces.

    The database computes the same (`Folded`); a test compares the two.
    """
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text)).lower()
    spelt = bare.replace("ß", "ss").replace("æ", "ae").replace("œ", "oe")
    return re.sub(_PARTING, " ", spelt.translate(str.maketrans(_WHOLE, _PLAIN)))


class Folded(models.Func):
    """The SQL of `fold` over several columns."""

    template = (
        "regexp_replace(translate(replace(replace(replace(lower(regexp_replace(normalize("
        "%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g')), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), "
        f"'{_WHOLE}', '{_PLAIN}'), '{_PARTING.replace(chr(39), chr(39) * 2)}', ' ', 'g')"
    )
    arg_joiner = " || ' ' || "
    output_field = models.TextField()


class MemberQuerySet(EntityQuerySet):
    """Words for members."""

    def visible_to(self, member: "Member") -> Self:
        """Those whom `member` may look up: staff by the role table, everybody oneself."""
        seen = models.Q(pk=member.pk)
        if member.user_id:
            seen |= models.Q(user_id=member.user_id)
        if member.may("members.view_patients"):
            seen |= models.Q(role=Role.PATIENT)
        if member.may("members.view_staff"):
            seen |= ~models.Q(role__in=["", Role.PATIENT])
        return self.filter(seen)

    def named(self, text: str) -> Self:
        """Those with names that begin with each word of `text`, whatever its order and accents."""
        words = re.findall(r"[^\s\\&|!()<>:*\"\0]+", fold(text))
        if not words:
            return self
        wanted = " & ".join(f"'{word}':*" for word in words)
        return self.alias(found=SearchVector("search", config="simple")).filter(
            found=SearchQuery(wanted, config="simple", search_type="raw")
        )

    def staff(self) -> Self:
        """Everybody who works here."""
        return self.exclude(role__in=["", Role.PATIENT])

    def active(self) -> Self:
        """Those who are let in."""
        return self.filter(status=MemberStatus.ACTIVE)

    def may_be_guardians(self) -> Self:
        """Who may act for a patient: other patients, and people who are here only for that."""
        return self.active().filter(role__in=["", Role.PATIENT])

    def able_to_sign_in(self) -> Self:
        """Those who are let in and have a log-in."""
        return self.active().filter(user__isnull=False)

    def read_by_somebody(self) -> Self:
        """Those who are let in and have a log-in, or a guardian who has one."""
        guardianships: Any = self.model._meta.get_field("guardianships").related_model
        acted_for = guardianships.objects.running().filter(
            dependant=models.OuterRef("pk"), guardian__user__isnull=False
        )
        return self.active().filter(models.Q(user__isnull=False) | models.Exists(acted_for))

    def desk(self) -> Self:
        """Who keeps the front desk: the receptionists, or the administrators of a clinic that has none."""
        able = self.able_to_sign_in()
        receptionists = Member.objects.able_to_sign_in().filter(role=Role.RECEPTIONIST)
        return able.filter(
            models.Q(role=Role.RECEPTIONIST) | models.Q(role=Role.ADMIN) & ~models.Exists(receptionists)
        )

    def with_unread(self) -> Self:
        """With how many notifications each has not read (`unread`, counted up to MOST_COUNTED)."""
        return self.annotate(unread=UnreadCount("pk"))


class MemberStatus(models.TextChoices):
    """Whether a member is let in."""

    ACTIVE = "active", _("Active")
    INACTIVE = "inactive", _("Inactive")
    SUSPENDED = "suspended", _("Suspended")


class Member(Stateful, Entity):
    """A person in this clinic. May exist before it has a log-in (a walk-in) or a role (still registering)."""

    Status = MemberStatus
    TRANSITIONS = Transitions(
        ("activate_member", {"inactive", "suspended"}, "active"),
        ("deactivate_member", {"active", "suspended"}, "inactive"),
        ("suspend_member", {"active"}, "suspended"),
    )

    user = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("log-in")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=MemberStatus.choices, default=MemberStatus.ACTIVE
    )
    given_name = models.CharField(_("given name"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True, max_length=32)
    # The phone number from its end, by which most people remember it.
    backwards = models.GeneratedField(
        expression=Reverse("phone"), output_field=models.CharField(max_length=32), db_persist=True
    )
    search = models.GeneratedField(
        expression=Folded("given_name", "family_name"), output_field=models.TextField(), db_persist=True
    )

    # By which guardianships others act for this member, once they were asked for (models/guardianship.py).
    acted_by: list[Any] | None = None
    # While a guardian acts as this member: what is not theirs to do meanwhile.
    withheld: frozenset[str] = frozenset()

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ("given_name", "family_name", "id")
        constraints = (
            models.CheckConstraint(
                # Empty: the registration is not finished.
                condition=models.Q(role__in=["", *Role.values]),
                name="members_member_role",
                violation_error_message=_("Choose one of the values offered."),
            ),
            one_of("status", MemberStatus, "members_member_status"),
            models.UniqueConstraint(
                fields=["user", "role"],
                name="members_member_user_role",
                violation_error_message=_("This person already has this role here."),
            ),
            # What a profile's composite foreign key points to (migration 0002).
            models.UniqueConstraint(fields=["id", "role"], name="members_member_id_role"),
        )
        indexes = (
            GinIndex(SearchVector("search", config="simple"), name="members_member_search"),
            models.Index(
                fields=["role", "status", "given_name", "family_name", "id"], name="members_member_listed"
            ),
            models.Index(fields=["role", "given_name", "family_name", "id"], name="members_member_by_name"),
            models.Index(fields=["phone"], name="members_member_phone"),
            # A phone number by its beginning, and by its end.
            models.Index(fields=["phone"], opclasses=["varchar_pattern_ops"], name="members_phone_begins"),
            models.Index(fields=["backwards"], opclasses=["varchar_pattern_ops"], name="members_phone_ends"),
            models.Index(fields=["email"], name="members_member_email"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The full name as it is written."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def mobile(self) -> str:
        """The phone number, if text messages can be sent to it; a landline's cannot."""
        number = self.phone
        is_mobile = isinstance(number, PhoneNumber) and number_type(number) in MOBILE
        return number.as_e164 if is_mobile else ""

    @property
    def can_be_told(self) -> bool:
        """Whether a message reaches this person, or who acts for them, by letter or by text message."""
        others = (each.guardian for each in self.acted_by or ())
        return bool(self.email or self.mobile) or any(other.email or other.mobile for other in others)

    @property
    def is_admitted(self) -> bool:
        """Whether the person is let in at all."""
        return self.status == MemberStatus.ACTIVE

    @property
    def works_here(self) -> bool:
        """Whether the member is staff."""
        return bool(self.role) and self.role != Role.PATIENT

    def may(self, permission: str) -> bool:
        """Whether this member may do `permission` ("app.verb"), by the role table."""
        return self.is_admitted and permission not in self.withheld and allows(self.role, permission)

    @property
    def profile(self) -> models.Model | None:
        """What the role adds, or None while the registration is not finished."""
        return getattr(self, self.role, None) if self.role else None


def actor(label: Any) -> models.ForeignKey:
    """Who took a step; empty when it was the patient without a log-in, a job or a support session."""
    return models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=label,
    )
