"""The demo from the first day to the present moment."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django_tenants.utils import schema_context, tenant_context
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from accounts.members.models import PatientProfile
from accounts.models import User
from accounts.services import verify_email
from clinic.demo.agents import give_patients, plan_agent
from clinic.demo.bookings import plan_bookings
from clinic.demo.books import keep_books
from clinic.demo.branches import settle_in
from clinic.demo.cash import plan_cash
from clinic.demo.codes import write_templates
from clinic.demo.corrections import correct_invoices
from clinic.demo.duplicates import register_somebody_twice
from clinic.demo.families import bring_the_children
from clinic.demo.favourites import keep_favourites
from clinic.demo.feeds import make_feeds
from clinic.demo.fhir import bring_records
from clinic.demo.forgotten import forget_somebody
from clinic.demo.given_out import give_out
from clinic.demo.glass import plan_glass
from clinic.demo.history import tell_history
from clinic.demo.hours import go_on_leave, plan_sudden_leave, set_rules
from clinic.demo.insurance import ask_insurances
from clinic.demo.kinds import offer_kinds, plan_kinds
from clinic.demo.letters import send_letters
from clinic.demo.measures import bring_up
from clinic.demo.messages import forget_old_silence, meet_readers, plan_messages
from clinic.demo.moving import bring_in_lists
from clinic.demo.news import plan_news, read_all
from clinic.demo.online import pay_online
from clinic.demo.papers import file_away
from clinic.demo.people import PASSWORD, let_in, take_in_patients, take_on_staff
from clinic.demo.plans import agree
from clinic.demo.queue import plan_queue
from clinic.demo.reminders import set_reminders
from clinic.demo.scene import Chance, Scene, Timeline, at, read
from clinic.demo.signins import sign_in_by_phone
from clinic.demo.support import visit_as_support
from clinic.demo.taxes import set_taxes
from clinic.demo.texts import set_letterhead, word_messages
from clinic.demo.visits import plan_visits
from clinic.demo.waiting import plan_waiting
from clinic.demo.walk_in import plan_walk_in
from clinic.demo.wallets import fill_wallets
from clinic.jobs.models import JobRun
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import deliver_message
from scheduling.services import describe_clinic, remind_patients
from tenants.models import Organization
from tenants.services import (
    finish_provisioning,
    provision_organization,
    verify_organization,
)

CLINICS = ("lagoon", "harbour")
SUPERUSER = read("log_ins")["superuser"]
# How far back the story begins, and how long the clinic was there before.
DAYS, BEFORE = 92, 370
# Under this name stands which day was lived last; a day on which nothing happens leaves nothing else.
LIVED = "demo"
# Mails of the last days are delivered; older ones were, and are not sent again.
DAYS_OF_MAIL = 2


def tell(label: str, say: Callable[[str], Any]) -> None:
    """Bring the clinic `label` up to the present: make it, or live the days since the last one."""
    plan = read(label)
    with no_jobs():
        now = timezone.localtime(timezone=ZoneInfo(plan["clinic"]["time_zone"]))
        scene = Scene(open_clinic(plan), plan, read("medicine"), Chance(label), now.date())
        with tenant_context(scene.organization), timezone.override(scene.zone):
            first = now.date() - timedelta(days=DAYS)
            if not PatientProfile.objects.exists():
                say(f"{scene.organization.name}: staff and patients")
                move_in(scene, first)
            scene.meet_staff()
            scene.meet_guest()
            live_through(scene, now, say)
            bring_the_children(scene, now)
            make_feeds(scene, now)
            bring_in_lists(scene, now)
            file_away(scene, now)
            tell_history(scene, now)
            fill_wallets(scene, now)
            register_somebody_twice(scene, now)
            correct_invoices(scene, now)
            keep_books(scene, now)
            pay_online(scene, now)
            ask_insurances(scene, now)
            bring_records(scene, now)
            forget_somebody(scene, now)
            send_letters(scene, now)
            visit_as_support(scene, now)
            sign_in_by_phone(scene, now)
            give_out(scene, now)
            describe_clinic()
            send_mails()


def no_jobs() -> AbstractContextManager[Any]:
    """What is deferred is forgotten: the story itself sends the mails, the worker's rounds do the rest."""
    return app.replace_connector(InMemoryConnector())


def open_clinic(plan: dict[str, Any]) -> Organization:
    """The clinic of the plan, signed up now unless it is there."""
    with schema_context("public"):
        known = Organization.objects.filter(label=plan["clinic"]["label"]).first()
        if known is None:
            signed_up = provision_organization(by=make_superuser(), **plan["clinic"])
            finish_provisioning(signed_up.pk)
            known = agree(Organization.objects.get(pk=signed_up.pk), make_superuser())
            known = verify_organization(known, by=make_superuser(), papers="Operating licence, seen on paper")
        return known


def make_superuser() -> User:
    """Who runs the platform of the demo."""
    known = User.objects.filter(email=SUPERUSER).first()
    if known is None:
        known = User.objects.create_superuser(SUPERUSER, PASSWORD, name="Platform owner")
        verify_email(known)
    return known


@transaction.atomic
def move_in(scene: Scene, first: date) -> None:
    """The people whom the story finds there."""
    take_on_staff(scene, first - timedelta(days=BEFORE))
    scene.meet_staff()
    take_in_patients(scene, first)
    bring_up(scene, first)
    scene.meet_guest()
    give_patients(scene, first)
    meet_readers(scene)
    settle_in(scene)
    go_on_leave(scene, scene.today)
    set_rules(scene, scene.today)
    set_reminders(scene)
    offer_kinds(scene)
    set_taxes(scene)
    set_letterhead(scene)
    word_messages(scene)
    keep_favourites(scene)
    write_templates(scene)


def live_through(scene: Scene, now: datetime, say: Callable[[str], Any]) -> None:
    """Live the days since the last one, today up to the present moment."""
    name = scene.organization.name
    today = now.date()
    lived = JobRun.objects.filter(name=LIVED).first()
    day = timezone.localdate(lived.started_at) + timedelta(days=1) if lived else today - timedelta(days=DAYS)
    while day <= today:
        if day.weekday() == 0 or day == today:
            say(f"{name}: {date_format(day)}")
        if day == today:
            open_the_doors(scene)
        live(scene, day, now)
        day += timedelta(days=1)


def open_the_doors(scene: Scene) -> None:
    """On the evening before, the log-ins: who has one is told of the last day's events at the bell."""
    evening = datetime.combine(scene.today - timedelta(days=1), time(23, 59), scene.zone)
    with transaction.atomic(), at(evening, scene.admin):
        let_in(scene)
    scene.meet_staff()
    scene.meet_guest()


def live(scene: Scene, day: date, now: datetime) -> None:
    """One day, as one transaction; its mails are sent as they are written."""
    scene.random = Chance(f"{scene.organization.label} {day}")
    morning = datetime.combine(day, time(0, 1), scene.zone)
    until = min(now, datetime.combine(day, time(23, 59), scene.zone))
    is_told = (now.date() - day).days < DAYS_OF_MAIL
    line = Timeline(until, send_mails if is_told else count_as_sent)
    with transaction.atomic():
        with at(morning, None):
            plan_visits(scene, line, day)
            plan_bookings(scene, line, day)
            plan_cash(scene, line, day)
            plan_queue(scene, line, day)
            plan_waiting(scene, line, day)
            plan_kinds(scene, line, day)
            plan_agent(scene, line, day)
            plan_walk_in(scene, line, day)
            plan_messages(scene, line, day)
            plan_glass(scene, line, day)
        if day == scene.today:
            plan_sudden_leave(scene, line)
            plan_news(scene, line)
        line.run()
        if day < scene.today:
            read_all()
        JobRun.objects.note(LIVED, until)
    if is_told:
        with at(until, None):
            remind_patients()
            send_mails()
    else:
        count_as_sent()
        forget_old_silence()


def send_mails() -> None:
    """What the worker does with the outbox, without its jobs."""
    for key in OutboxMessage.objects.filter(status="queued").values_list("pk", flat=True):
        deliver_message(key)


def count_as_sent() -> None:
    """Mails of long ago are not sent now; in the story they were, when they were written."""
    messages = OutboxMessage.objects
    if messages.filter(status="queued").update(status="sending", attempts=1, claimed_at=F("due_at")):
        messages.filter(status="sending").update(status="sent", sent_at=F("due_at"))
