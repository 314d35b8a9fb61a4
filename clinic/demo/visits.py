"""What becomes of the demo's visits: waiting room, consultation, prescription, invoice, payment."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.members.models import Member
from billing.models import Invoice, Payment
from billing.models.claims import OUTSTANDING
from billing.services import (
    complete_payment,
    draft_invoice,
    fail_payment,
    issue_invoice,
    record_payment,
    update_invoice,
)
from clinic.demo.codes import diagnose
from clinic.demo.measures import measure
from clinic.demo.safety import hand_out as hand_out_safely
from clinic.demo.scene import Scene, Timeline
from clinic.demo.taxes import extra
from records.models import Consultation, Prescription
from records.services import (
    add_addendum,
    complete_prescription,
    prescribe,
    save_consultation,
    save_prescription,
    sign_consultation,
    start_consultation,
)
from scheduling.models import Appointment, free_slots
from scheduling.services import (
    cancel_appointment,
    check_in_appointment,
    mark_arrived,
    mark_noshow,
    reschedule_appointment,
)

METHODS, HOW_OFTEN = (Payment.Method.CASH, Payment.Method.CARD, Payment.Method.TRANSFER), (40, 42, 18)
ADDENDA = (
    "The laboratory telephoned: results within the normal range. Patient informed.",
    "Patient called back, feels better, no further action.",
    "Letter to the employer written at the patient's request.",
)


def plan_visits(scene: Scene, line: Timeline, day: date) -> None:
    """All that is booked for `day`, and what earlier visits still leave to do."""
    for booked in Appointment.objects.on(day).filter(status="booked").with_people():
        plan_visit(scene, line, booked)
    plan_money(scene, line, day)
    for taken in Prescription.objects.filter(
        status="active", activated_at__lt=timezone.now() - timedelta(days=9)
    ):
        if scene.random.random() < 0.06:
            line.add(scene.clock(day, "09:00", "16:00"), taken.doctor.member, complete_prescription, taken)


def plan_visit(scene: Scene, line: Timeline, booked: Appointment) -> None:
    """Most come; some do not, call off or move."""
    chance = scene.random.random() if booked.patient_id != scene.guest.pk else 1
    starts_at, desk = booked.starts_at, scene.desk
    if chance < 0.06:
        line.add(starts_at + scene.minutes(20, 35), desk, mark_noshow, booked)
    elif chance < 0.11:
        # By telephone: on the page it is too late (the clinic's rules).
        line.add(starts_at - scene.minutes(60, 300), desk, call_off, scene, booked)
    elif chance < 0.15:
        line.add(starts_at - scene.minutes(90, 240), desk, move, scene, booked)
    else:
        line.add(starts_at - scene.minutes(6, 25), desk, mark_arrived, booked)
        line.add(starts_at - scene.minutes(1, 5), desk, check_in_appointment, booked)
        line.add(starts_at + scene.minutes(0, 7), booked.doctor.member, consult, scene, line, booked)


def call_off(scene: Scene, booked: Appointment, *, by: Member) -> None:
    """The patient calls the visit off on the day itself."""
    cancel_appointment(booked, by=by, reason=scene.random.choice(scene.texts["cancellations"]))


def move(scene: Scene, booked: Appointment, *, by: Member) -> None:
    """The patient telephones and takes another day with the same doctor."""
    today = timezone.localdate()
    free = free_slots([booked.doctor_id], today + timedelta(days=1), today + timedelta(days=7))
    if free:
        reschedule_appointment(booked, by=by, starts_at=scene.random.choice(free).starts_at)


def consult(scene: Scene, line: Timeline, booked: Appointment, *, by: Member) -> None:
    """The doctor begins; what is written, signed and prescribed follows while the patient sits there."""
    consultation = start_consultation(Appointment.objects.with_people().get(pk=booked.pk), by=by)
    length = scene.minutes(9, 17)
    line.add(timezone.now() + length, by, write, scene, line, consultation, booked, length)


def write(
    scene: Scene,
    line: Timeline,
    consultation: Consultation,
    booked: Appointment,
    length: timedelta,
    *,
    by: Member,
) -> None:
    """The doctor writes the consultation, prescribes and signs; the desk invoices."""
    case = next((case for case in scene.cases if case["reason"] == booked.reason), scene.cases[0])
    names = ("complaints", "history", "examination", "diagnosis", "plan")
    days = case.get("follow_up_days")
    save_consultation(
        consultation,
        by=by,
        duration_minutes=int(length / timedelta(minutes=1)),
        follow_up_on=timezone.localdate() + timedelta(days=days) if days else None,
        **{name: case[name] for name in names},
    )
    measure(consultation, by=by)
    diagnose(scene, consultation, case, by=by)
    if case.get("medicines"):
        prescription = prescribe(consultation, by=by)
        save_prescription(prescription, by=by, notes="", items=case["medicines"])
        hand_out_safely(prescription, scene.texts["instead"], by=by)
    sign_consultation(consultation, by=by)
    now = timezone.now()
    line.add(now + scene.minutes(3, 9), scene.desk, invoice, scene, line, booked)
    if scene.random.random() < 0.04:
        line.add(
            now + scene.minutes(60, 240), by, add_addendum, consultation, text=scene.random.choice(ADDENDA)
        )


def invoice(scene: Scene, line: Timeline, booked: Appointment, *, by: Member) -> None:
    """The desk writes the invoice while the patient waits, and most pay at once."""
    drafted = draft_invoice(by=by, appointment=booked)
    if scene.random.random() < 0.4:
        what, price = scene.random.choice(list(scene.plan["extras"].items()))
        lines = [entry.charge for entry in drafted.lines.all()]
        update_invoice(drafted, by=by, lines=[*lines, extra(scene, what, price, booked.patient)])
    # Some of today's still lie on the desk.
    if timezone.localdate() < scene.today or scene.random.random() < 0.7:
        line.add(timezone.now() + timedelta(minutes=1), by, hand_out, scene, line, drafted)


def hand_out(scene: Scene, line: Timeline, drafted: Invoice, *, by: Member) -> None:
    """Issue, and take the money of those who pay before they leave."""
    issued = issue_invoice(drafted, by=by, due_on=timezone.localdate() + timedelta(days=14))
    kind = scene.random.random()
    if kind < 0.82:
        share = Decimal("0.5") if kind > 0.76 else Decimal(1)
        line.add(timezone.now() + timedelta(minutes=2), by, pay, scene, issued, share)


def pay(scene: Scene, issued: Invoice, share: Decimal, *, by: Member) -> None:
    """Take a payment for `share` of what is still open; half of the transfers are only announced."""
    chance = scene.random
    still_open = Invoice.objects.with_paid().get(pk=issued.pk).payable
    method = chance.choices(METHODS, HOW_OFTEN)[0]
    record_payment(
        issued,
        by=by,
        key=f"demo {issued.pk} {chance.random()}",
        amount=round(still_open * share, issued.digits),
        method=method,
        reference=f"Slip {chance.randrange(1000, 9999)}" if method == Payment.Method.CARD else "",
        is_received=method != Payment.Method.TRANSFER or chance.random() < 0.5,
    )


def plan_money(scene: Scene, line: Timeline, day: date) -> None:
    """Transfers arrive, some debtors come by."""
    for announced in Payment.objects.filter(status="pending").order_by("created_at"):
        kind = scene.random.random()
        act = complete_payment if kind < 0.45 else fail_payment if kind < 0.49 else None
        if act:
            line.add(scene.clock(day, "08:30", "10:00"), scene.desk, act, announced)
    for owed in (
        Invoice.objects.filter(status="issued")
        .exclude(payments__status="pending")
        .exclude(claims__status__in=OUTSTANDING)
        .order_by("number")
    ):
        if scene.random.random() < 0.05:
            line.add(scene.clock(day, "09:00", "16:30"), scene.desk, pay, scene, owed, Decimal(1))
