"""Everything that is known of a patient in the order of time, read with one statement however much it is."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.core.exceptions import EmptyResultSet
from django.core.paginator import Page, Paginator
from django.db.models import Case, DateTimeField, F, Func, QuerySet, TextField, UUIDField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from clinic.db.current import connection
from records.documents.models import HealthRecord
from records.history.kinds import KINDS as HISTORY
from records.models import Addendum, Consultation, Prescription
from records.observations.kinds import BY_CODE
from records.observations.models import Observation
from scheduling.models import Appointment
from scheduling.models.states import Status as Visit

NOTHING = Value("", output_field=TextField())
# Visits that took place, will, or were to; a wish or an offer is none yet, and a mistake was none.
VISITS = (Visit.BOOKED, Visit.ARRIVED, Visit.CHECKED_IN, Visit.FULFILLED, Visit.CANCELLED, Visit.NOSHOW)
_ALL = "SELECT entries.*, count(*) OVER () FROM ("
_IN_ORDER = ") AS entries ORDER BY 1 DESC, 2 DESC LIMIT %s OFFSET %s"
# Of a long text so much is shown; the whole is on its own page.
GIST = 300
# Of what was told by others the day may not be known.
ONLY_YEAR, ONLY_MONTH = _("Only the year is known. "), _("Only the month is known. ")
NO_DATE = _("Nobody knows when it was. ")


class Entry(NamedTuple):
    """One thing on the timeline. `state` is stored, `state_label` said; `href` leads to the whole."""

    kind: str
    at: datetime.datetime
    title: str
    text: str
    by: str
    state: str
    state_label: Any
    href: str

    @property
    def label(self) -> Any:
        """What kind of thing it is, in words."""
        return KINDS[self.kind].label

    @property
    def icon(self) -> str:
        """Its sign."""
        return KINDS[self.kind].icon

    @property
    def is_of_a_day(self) -> bool:
        """Whether only its day is known, not its hour."""
        return KINDS[self.kind].is_of_a_day


class Kind(NamedTuple):
    """A kind of entry: its rows with their facts, the states they may have, the page of one."""

    label: Any
    icon: str
    rows: Callable[[PatientProfile, Member], QuerySet]
    page: str
    states: Mapping[str, Any] = MappingProxyType({})
    is_of_a_day: bool = False


def _name(path: str) -> Concat:
    return Concat(f"{path}__given_name", Value(" "), f"{path}__family_name", output_field=TextField())


def _midnight(day: str) -> Func:
    """The beginning of a day by the clinic's clock."""
    zone = Value(timezone.get_current_timezone_name())
    return Func(zone, F(day), template="timezone(%(expressions)s::timestamp)", output_field=DateTimeField())


def _facts(rows: QuerySet, at: Any, key: Any = "pk", **told: Any) -> QuerySet:
    """The rows as every kind has them: when, the key of the page, title, text, who, state."""
    texts = {name: Cast(told.get(name, NOTHING), TextField()) for name in ("title", "text", "by", "state")}
    found = rows.order_by().annotate(
        e_at=Cast(at, DateTimeField()),
        e_key=Cast(key, UUIDField()),
        **{f"e_{name}": expression for name, expression in texts.items()},
    )
    return found.values_list("e_at", "e_key", *(f"e_{name}" for name in texts))


def _visits(patient: PatientProfile, member: Member) -> QuerySet:
    """Those without a consultation: otherwise that tells what they were."""
    rows = Appointment.objects.filter(patient=patient, status__in=VISITS, consultation=None)
    kind = Coalesce("appointment_type__name", NOTHING, output_field=TextField())
    who = _name("doctor__member")
    return _facts(rows, F("starts_at"), title=kind, text=F("reason"), by=who, state=F("status"))


def _consultations(patient: PatientProfile, member: Member) -> QuerySet:
    rows = Consultation.objects.visible_to(member).filter(patient=patient)
    codes = StringAgg(
        Concat("diagnoses__code", Value(" "), "diagnoses__title", output_field=TextField()),
        "; ",
        order_by="diagnoses__position",
        default=Value(""),
    )
    gist = Func(F("complaints"), Value(GIST), function="left", output_field=TextField())
    found = Concat(codes, Value("\n"), "diagnosis", output_field=TextField())
    at, who = Coalesce("started_at", "created_at"), _name("doctor__member")
    return _facts(rows, at, title=found, text=gist, by=who, state=F("status"))


def _addenda(patient: PatientProfile, member: Member) -> QuerySet:
    rows = Addendum.objects.filter(patient=patient)
    return _facts(rows, F("created_at"), F("consultation_id"), text=F("text"), by=_name("author"))


def _prescriptions(patient: PatientProfile, member: Member) -> QuerySet:
    rows = Prescription.objects.visible_to(member).filter(patient=patient, cancelled_at=None)
    items = StringAgg(
        Concat("items__medicine", Value(" "), "items__potency", output_field=TextField()),
        "; ",
        order_by="items__position",
        default=Value(""),
    )
    at, who = Coalesce("activated_at", "created_at"), _name("doctor__member")
    return _facts(rows, at, title=items, text=F("stop_reason"), by=who, state=F("status"))


def _measurements(patient: PatientProfile, member: Member) -> QuerySet:
    """What was measured at one moment stands together, as code=value."""
    rows = Observation.objects.visible_to(member).of(patient.pk).standing().order_by()
    pair = Concat("code", Value("="), Cast("value", TextField()), output_field=TextField())
    who = _name("recorded_by")
    together = rows.values("measured_at", "patient_id", seen_by=who).annotate(values=StringAgg(pair, ";"))
    return _facts(together, F("measured_at"), F("patient_id"), text=F("values"), by=F("seen_by"))


def _records(patient: PatientProfile, member: Member) -> QuerySet:
    rows = HealthRecord.objects.visible_to(member).filter(patient=patient)
    gist = Func(F("description"), Value(GIST), function="left", output_field=TextField())
    told = {"title": F("title"), "text": gist, "by": _name("author"), "state": F("kind")}
    return _facts(rows.filter(status=HealthRecord.Status.CURRENT), _midnight("recorded_on"), **told)


def _conditions(patient: PatientProfile, member: Member) -> QuerySet:
    at = Coalesce(_midnight("since"), "created_at")
    return _facts(patient.conditions.all(), at, F("patient_id"), title=F("name"))


def _allergies(patient: PatientProfile, member: Member) -> QuerySet:
    known = {"title": F("substance"), "text": F("reaction")}
    return _facts(patient.allergies.all(), F("created_at"), F("patient_id"), **known)


@dataclass(frozen=True)
class _Told:
    """The rows of one kind of history (records.history): who did it, or at least who says so."""

    model: Any
    text: str

    def __call__(self, patient: PatientProfile, member: Member) -> QuerySet:
        rows = self.model.objects.visible_to(member).filter(patient=patient).standing()
        at = Coalesce("happened_at", "created_at")
        known = Case(
            When(precision="year", then=Value(str(ONLY_YEAR))),
            When(precision="month", then=Value(str(ONLY_MONTH))),
            When(precision="", then=Value(str(NO_DATE))),
            default=NOTHING,
            output_field=TextField(),
        )
        gist = Func(F(self.text), Value(GIST), function="left", output_field=TextField())
        told = Concat(known, gist, output_field=TextField())
        who = Case(
            When(practitioner__isnull=False, then=_name("practitioner")),
            When(doctor__isnull=False, then=_name("doctor__member")),
            default=Coalesce("organization__name", "source"),
            output_field=TextField(),
        )
        return _facts(rows, at, title=F("title"), text=told, by=who, state=F("reported_status"))


def _history(name: str, label: Any, text: str, *, is_of_a_day: bool = True) -> Kind:
    """One kind of history as a kind of the timeline."""
    kind = HISTORY[name]
    meta: Any = kind.model._meta
    states = dict(meta.get_field("reported_status").choices or ())
    return Kind(label, kind.icon, _Told(kind.model, text), kind.page, states, is_of_a_day=is_of_a_day)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "visit": Kind(_("Visit"), "calendar-event", _visits, "scheduling:appointment", dict(Visit.choices)),
        "consultation": Kind(
            _("Consultation"),
            "journal-medical",
            _consultations,
            "records:consultation",
            dict(Consultation.Status.choices),
        ),
        "addendum": Kind(_("Addendum"), "chat-left-text", _addenda, "records:consultation"),
        "prescription": Kind(
            _("Prescription"),
            "prescription2",
            _prescriptions,
            "records:prescription",
            dict(Prescription.Status.choices),
        ),
        "measurement": Kind(_("Measurement"), "activity", _measurements, "observations:measurements"),
        "record": Kind(
            _("Record"),
            "file-earmark-medical",
            _records,
            "documents:record",
            dict(HealthRecord.Kind.choices),
            is_of_a_day=True,
        ),
        "condition": Kind(_("Condition"), "heart-pulse", _conditions, "members:patient", is_of_a_day=True),
        "allergy": Kind(
            _("Allergy"), "exclamation-triangle", _allergies, "members:patient", is_of_a_day=True
        ),
        "immunization": _history("immunization", _("Vaccination"), "note"),
        "past_procedure": _history("past_procedure", _("Procedure by others"), "reason"),
        "past_encounter": _history("past_encounter", _("Visit elsewhere"), "reason", is_of_a_day=False),
        "past_medication": _history("past_medication", _("Medicine by others"), "dosage"),
        "diagnostic_report": _history("diagnostic_report", _("Report from elsewhere"), "conclusion"),
    }
)


def timeline(
    patient: PatientProfile,
    member: Member,
    *,
    kind: str = "",
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    page: Any = 1,
    size: int = 25,
) -> Page:
    """A page of what happened, the latest first: of one kind, between two days, or everything."""
    asked = int(page) if str(page).isdecimal() and 0 < int(page) < 10_000 else 1
    parts = [
        _between(each.rows(patient, member), since, until).annotate(e_kind=Value(name, TextField()))
        for name, each in KINDS.items()
        if kind in ("", name)
    ]
    rows = _read(parts, size, (asked - 1) * size) or (_read(parts, size, 0) if asked > 1 else [])
    total = rows[0][-1] if rows else 0
    counted: Paginator[Any] = Paginator(range(total), size)
    shown = counted.get_page(asked)
    shown.object_list = [_entry(row) for row in rows]
    return shown


def _between(rows: QuerySet, since: datetime.date | None, until: datetime.date | None) -> QuerySet:
    """Those of whole days, by the clinic's clock."""
    if since:
        rows = rows.filter(e_at__gte=_start(since))
    if until:
        rows = rows.filter(e_at__lt=_start(until + datetime.timedelta(days=1)))
    return rows


def _start(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def _read(parts: Iterable[QuerySet], size: int, offset: int) -> list[tuple[Any, ...]]:
    """So many rows of all parts together, each with how many there are in all."""
    statements: list[str] = []
    values: list[Any] = []
    for part in parts:
        try:
            sql, parameters = part.query.sql_with_params()
        except EmptyResultSet:
            continue
        statements.append(f"({sql})")
        values += parameters
    if not statements:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" ".join([_ALL, " UNION ALL ".join(statements), _IN_ORDER]), [*values, size, offset])
        return cursor.fetchall()


def _entry(row: tuple[Any, ...]) -> Entry:
    at, key, title, text, by, state, name, _total = row
    kind = KINDS[name]
    told = _measured(text) if name == "measurement" else text.strip()
    href = reverse(kind.page, args=[key if isinstance(key, UUID) else UUID(str(key))])
    label = kind.states.get(state, "")
    return Entry(name, at, title.strip(), told, by.strip(), state, label, href)


def _measured(pairs: str) -> str:
    """The values in words: "Pulse 72 per minute · …", in the order of the table of kinds."""
    values = dict(pair.split("=", 1) for pair in pairs.split(";"))
    known = [(kind, values[code]) for code, kind in BY_CODE.items() if code in values]
    return " · ".join(f"{kind.label} {kind.shown(float(value))} {kind.sign}" for kind, value in known)
