"""Who acts for a child or another dependant, from when and until when."""

import datetime
from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import Member, MemberStatus, actor
from accounts.members.models.patient import PatientProfile
from clinic.models import Entity, EntityQuerySet, one_of

# The age at which everybody acts for themselves.
OF_AGE = 18


def eighteenth_birthday(born: datetime.date) -> datetime.date:
    """The day on which somebody is of age; who was born on 29 February is so on 1 March."""
    year = born.year + OF_AGE
    try:
        return born.replace(year=year)
    except ValueError:
        return datetime.date(year, 3, 1)


class Relation(models.TextChoices):
    """What the guardian is to the dependant (FHIR RelatedPerson.relationship, in the clinic's words)."""

    PARENT = "parent", _("Mother or father")
    GRANDPARENT = "grandparent", _("Grandparent")
    SIBLING = "sibling", _("Sister or brother")
    CHILD = "child", _("Daughter or son")
    SPOUSE = "spouse", _("Husband, wife or partner")
    LEGAL = "legal", _("Legal guardian")
    OTHER = "other", _("Somebody else")


class Ending(models.TextChoices):
    """Why nobody acts any more."""

    HANDED_OVER = "handed_over", _("Handed over")
    OVER = "over", _("Its last day has passed")
    ENDED = "ended", _("Ended by the desk")


def running(day: datetime.date, prefix: str = "") -> Q:
    """The condition that a guardianship runs on `day`."""
    facts = {"ended_at__isnull": True, "starts_on__lte": day, "ends_on__gt": day}
    return Q(**{f"{prefix}{name}": value for name, value in facts.items()})


class GuardianshipQuerySet(EntityQuerySet):
    """Words for guardianships."""

    def running(self) -> Self:
        """Those by which somebody acts today."""
        return self.filter(running(timezone.localdate()))

    def unended(self) -> Self:
        """Those that nobody has ended, also when they begin later or their last day has just passed."""
        return self.filter(ended_at__isnull=True)

    def with_people(self) -> Self:
        """With the names and addresses of both."""
        return self.select_related("guardian", "dependant__member")

    def of(self, member_id: Any) -> Self:
        """By which the person acts for others, or others for the person; those that run come first."""
        return self.filter(Q(guardian=member_id) | Q(dependant=member_id)).order_by(
            F("ended_at").desc(nulls_first=True), "created_at", "id"
        )

    def visible_to(self, member: Member) -> Self:
        """All of them for the team; to everybody else their own, as guardian or as dependant."""
        if member.may("members.view_patients"):
            return self
        return self.filter(Q(guardian=member.pk) | Q(dependant=member.pk))


class Guardianship(Entity):
    """One person acts for another: books, reads and pays in the dependant's place (FHIR RelatedPerson)."""

    guardian = models.ForeignKey(
        Member, models.PROTECT, related_name="guardianships", verbose_name=_("guardian")
    )
    dependant = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="guardianships", verbose_name=_("dependant")
    )
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    # The first day on which nobody acts any more; a child's eighteenth birthday unless there is a reason.
    ends_on = models.DateField(_("until"))
    reason = models.CharField(_("why beyond the 18th birthday"), max_length=300, blank=True)
    # When the clinic has seen the papers that show it.
    verified_at = models.DateTimeField(_("papers seen"), null=True, blank=True, editable=False)
    verified_by = actor(_("papers seen by"))
    # When a guardian asked the clinic to invite the dependant, who then acts alone.
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True, editable=False)
    handed_over_by = actor(_("handed over by"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    ended_by = actor(_("ended by"))
    ending = models.CharField(
        _("how it ended"), max_length=12, choices=Ending.choices, blank=True, editable=False
    )
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True, editable=False)

    objects = GuardianshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("guardianship")
        verbose_name_plural = _("guardianships")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("relation", Relation, "members_guardianship_relation"),
            models.CheckConstraint(
                condition=Q(ending__in=["", *Ending.values]),
                name="members_guardianship_ending",
                violation_error_message=_("Choose one of the values offered."),
            ),
            models.CheckConstraint(
                condition=~Q(guardian=F("dependant")),
                name="members_guardianship_of_another",
                violation_error_message=_("Nobody is their own guardian."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="members_guardianship_lasts",
                violation_error_message=_("It ends after it has begun."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="", end_reason="", ended_by__isnull=True)
                | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="members_guardianship_ended",
                violation_error_message=_("Say how it ended."),
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(verified_at__isnull=False),
                name="members_guardianship_verified",
                violation_error_message=_("Say when the papers were seen."),
            ),
            models.CheckConstraint(
                condition=Q(handed_over_by__isnull=True, handed_over_at__isnull=True)
                | Q(handed_over_by__isnull=False, handed_over_at__isnull=False),
                name="members_guardianship_handed_over",
                violation_error_message=_("Say who handed over, and when."),
            ),
            models.UniqueConstraint(
                fields=["guardian", "dependant"],
                condition=Q(ended_at__isnull=True),
                name="members_guardianship_once",
                violation_error_message=_("This person acts for the patient already."),
            ),
        )
        indexes = (
            # What the nightly round looks up.
            models.Index(
                fields=["ends_on"], condition=Q(ended_at__isnull=True), name="members_guardianship_over"
            ),
        )

    def __str__(self) -> str:
        return str(_("%(guardian)s for %(dependant)s")) % {
            "guardian": self.guardian.name,
            "dependant": self.dependant.member.name,
        }

    @property
    def state(self) -> str:
        """`running`, `coming`, `over` (nobody has noted it yet) or `ended`."""
        today = timezone.localdate()
        if self.ended_at:
            return "ended"
        if self.ends_on <= today:
            return "over"
        return "running" if self.starts_on <= today else "coming"

    @property
    def is_running(self) -> bool:
        """Whether the guardian acts today."""
        return self.state == "running"


class Through(models.Func):
    """Whether the member is one of this log-in's, or somebody for whom one of those acts on this day.

    Part of the one statement by which each request finds its member. An array, so that both are looked up by
    their keys.
    """

    output_field = models.BooleanField()
    template = """members_member.id = ANY (ARRAY(
SELECT found.id FROM (VALUES (%(expressions)s)) AS asked (log_in, today) CROSS JOIN LATERAL (
SELECT mine.id FROM members_member mine WHERE mine.user_id = asked.log_in
UNION ALL
SELECT g.dependant_id FROM members_member mine JOIN members_guardianship g ON g.guardian_id = mine.id
WHERE mine.user_id = asked.log_in AND mine.status = 'active'
AND g.ended_at IS NULL AND g.starts_on <= asked.today AND g.ends_on > asked.today) AS found))"""


class Acting(models.Func):
    """By which guardianship this log-in acts for the member on this day, as a request needs it."""

    output_field = models.JSONField()
    template = """(SELECT jsonb_build_object(
'id', g.id, 'guardian', g.guardian_id, 'until', g.ends_on, 'verified', g.verified_at IS NOT NULL)
FROM (VALUES (%(expressions)s)) AS asked (log_in, today)
JOIN members_guardianship g ON g.dependant_id = members_member.id
JOIN members_member mine ON mine.id = g.guardian_id
WHERE mine.user_id = asked.log_in AND mine.status = 'active'
AND g.ended_at IS NULL AND g.starts_on <= asked.today AND g.ends_on > asked.today
ORDER BY g.verified_at IS NULL, g.id LIMIT 1)"""


def opened_by(user_id: Any, today: datetime.date) -> models.QuerySet[Member]:
    """The members as whom this log-in may act on the day: its own, and its dependants (`acting` says how)."""
    asked = (
        models.Value(user_id, output_field=models.UUIDField()),
        models.Value(today, output_field=models.DateField()),
    )
    found = Member.objects.with_unread().filter(Through(*asked)).annotate(acting=Acting(*asked))
    return found.select_related("user").order_by("created_at", "id")


def guardians_of(dependant_id: Any) -> list[Guardianship]:
    """By which guardianships others act for the patient today, the oldest first."""
    return list(_in_force().filter(dependant_id=dependant_id))


def _in_force() -> GuardianshipQuerySet:
    found = Guardianship.objects.running().filter(guardian__status=MemberStatus.ACTIVE)
    return found.select_related("guardian").order_by("created_at", "id")


def meet_guardians(members: Collection[Member]) -> None:
    """Look up in one statement who acts for each of these who has no e-mail address of their own."""
    met: dict[Any, list[Guardianship]] = {member.pk: [] for member in members if not member.email}
    for each in _in_force().filter(dependant__in=met) if met else ():
        met[each.dependant_id].append(each)
    for member in members:
        member.acted_by = met.get(member.pk, [])


def readers_of(member: Member, *, verified: bool = False) -> list[Member]:
    """Who reads what is sent to a patient: the patient, or without an own e-mail address the guardians.

    Where no guardian can be reached either, the patient. `verified`: only guardians whose papers were seen.
    """
    if member.email:
        return [member]
    if member.acted_by is None:
        meet_guardians([member])
    acting = [each.guardian for each in member.acted_by or () if each.verified_at or not verified]
    by_letter = [guardian for guardian in acting if guardian.email]
    if by_letter or member.mobile:
        return by_letter or [member]
    return [guardian for guardian in acting if guardian.mobile] or [member]
