"""What somebody types is text on every page that shows it: none of sixty strings runs, in Chromium."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Request

from accounts.members.roles import Role
from clinic.admin import clinic_site
from records import services as records
from records.models import Consultation, PrescriptionItem
from scheduling.models import Appointment
from tests.browser import addresses
from tests.browser.addresses import NOBODY
from tests.browser.strings import STRINGS, fitting, poison, texts
from tests.browser.visitor import Visitor
from tests.conftest import ClinicClient
from tests.scheduling.factories import doctor_with_hours, free_times
from tests.scheduling.test_limits import rules
from tests.sweeps import world
from tests.sweeps.pages import CLINIC

pytestmark = pytest.mark.browser
# So many pages are shown beside each other: a new tab costs as much as a few of them.
TOGETHER = 50
# What markup of ours never holds: whatever of it stands in a page was typed.
# Shows pages beside each other, unseen: what runs runs there too. Answers with what is foreign in each.
SHOW = r"""async pages => {
  const leads = /^(href|src|srcset|action|formaction|data|xlink:href|style|hx-.*)$/;
  const is_foreign = (element, {name, value}) => /^on|^hx-on/.test(name) || name === "srcdoc"
    || leads.test(name) && /^(javascript:|\/\/evil)|url\(\/\/evil/i.test(value.replace(/[\0-\x20]/g, ""))
    || element.httpEquiv && /evil\.example/.test(value);
  const foreign = page => {
    if (!page) return ["<led elsewhere>"];
    const all = [...page.querySelectorAll("*")];
    return all.flatMap(element => [...element.attributes].filter(attribute => is_foreign(element, attribute))
        .map(({name}) => `<${element.localName} ${name}>`))
      .concat(all.filter(({localName, textContent}) => localName === "style" && /evil|<img/.test(textContent))
        .map(element => `<${element.localName}>`));
  };
  const made = page => Object.assign(document.createElement("iframe"), {hidden: true, srcdoc: page});
  const frames = pages.map(made);
  await Promise.all(frames.map(frame => new Promise(done => {
    frame.onload = done;
    document.body.append(frame);
  })));
  return frames.map(frame => foreign(frame.contentDocument));
}"""


class Watched:
    """A browser, and what ran or went elsewhere in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.heard: list[str] = []
        context.on("dialog", lambda dialog: (self.heard.append(f"alert({dialog.message})"), dialog.dismiss()))
        context.on("request", self._look)

    def _look(self, request: Request) -> None:
        if "//evil.example" in request.url:
            self.heard.append(f"asked for {request.url}")

    def look(self, pages: list[str]) -> list[list[str]]:
        """Show pages beside each other with no policy that would stop a script; what is foreign in each."""
        page = self.context.new_page()
        found = page.evaluate(SHOW, pages)
        page.close()
        return found

    def check(self, answers: Iterable[tuple[str, bytes]]) -> None:
        """Nothing of these pages runs, asks strangers, or waits to."""
        waiting = iter(answers)
        while some := list(islice(waiting, TOGETHER)):
            self._check(some)

    def _check(self, answers: list[tuple[str, bytes]]) -> None:
        found = self.look([content.decode() for _address, content in answers])
        wrong = [address for (address, _), foreign in zip(answers, found, strict=True) if foreign]
        problems = sorted({*wrong, *self.heard})
        assert not problems, f"{problems} of {[name for name, _ in answers]}"


@pytest.fixture
def watched(chromium: Browser) -> Iterator[Watched]:
    """A fresh browser that is listened to."""
    context = chromium.new_context()
    yield Watched(context)
    context.close()


def test_the_browser_hears_each_string_that_is_taken_for_markup(watched: Watched) -> None:
    """The watch itself: in a page that escapes nothing, or too little, every string is noticed."""
    own = [string.replace("alert(1)", f"alert({number})") for number, string in enumerate(STRINGS)]
    found = watched.look([_careless(string) for string in own])
    heard = [f"alert({number})" in watched.heard for number in range(len(STRINGS))]
    assert not [string for number, string in enumerate(own) if not (heard[number] or found[number])]


def _careless(string: str) -> str:
    """A page that puts what was typed everywhere as it is."""
    slashed = string.replace('"', '\\"')
    scripts = (f"var x = '{string}'", f'var x = "{slashed}"', f"var x = `{string}`")
    attributes = f"title=\"{string}\" lang='{string}'"
    texts = f"<title>x</title><body>{string}<p {attributes}></p><textarea>{string}</textarea>"
    return texts + "".join(f"<script>{script}</script>" for script in scripts)


@pytest.fixture
def infested(committed: None, acme: Any, client_for: Callable[..., ClinicClient]) -> dict[str, Any]:
    """The clinic with something of every kind, and the strings in every text of it."""
    with transaction.atomic():
        made = world.build(acme)
        values = made.values | addresses.secrets(made)
    clients = {str(role): client_for(member) for role, member in made.members.items()}
    clients[NOBODY] = ClinicClient(acme.host())
    refused = poison()
    return {"values": values, "clients": clients, "refused": refused, "members": made.members}


def test_what_a_table_may_hold_is_text_on_every_page_and_where_scripts_of_ours_draw(
    infested: dict[str, Any], watched: Watched, acme: Any, signed_in: Callable[..., Visitor]
) -> None:
    assert len(infested["refused"]) < len(list(texts())) / 4, infested["refused"]
    watched.check(_every_page(infested["clients"], infested["values"]))
    _check_what_is_drawn(signed_in(infested["members"][Role.DOCTOR], axe=False), acme, infested["values"])


def _every_page(clients: dict[str, ClinicClient], values: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    for look in addresses.looks():
        yield from _answers(clients[look.role], addresses.of_clinic(look, values))
    for app in addresses.apps(clinic_site):
        yield from _answers(clients[Role.ADMIN], addresses.of_admin(clinic_site, CLINIC, app))


def _check_what_is_drawn(guest: Visitor, acme: Any, values: dict[str, Any]) -> None:
    """The calendar, the day, the page to write on. What the site's own policy has to stop is a fault too."""
    visit = Appointment.objects.get(pk=values["appointments"])
    guest.page.on("dialog", lambda dialog: guest.problems.append(f"ran: {dialog.message}"))
    on = f"?on={timezone.localdate(visit.starts_at)}"
    writing = reverse("records:consultation", args=[values["consultations"]])
    for address in (reverse("scheduling:calendar") + on, reverse("scheduling:day") + on, writing):
        guest.open(acme.host(), address)
        guest.page.wait_for_load_state("networkidle")
        assert "alert(1)" in guest.page.inner_text("main")
        assert not guest.problems, guest.problems


def _answers(client: ClinicClient, pages: Any) -> Iterator[tuple[str, bytes]]:
    """Each address with what it shows: whatever leads elsewhere, or wants a form, shows nothing."""
    for address in pages:
        answer = client.get(address)
        assert answer.status_code < 500, address
        if answer["Content-Type"].startswith("text/html") and answer.content:
            yield address, answer.content


def test_what_a_stranger_and_then_the_doctor_type_is_text_on_the_way_and_to_the_doctor(
    committed: None, acme: Any, client_for: Callable[..., ClinicClient], watched: Watched, is_long: bool
) -> None:
    """With `--long` each of the sixty in a visit of its own; otherwise every fourth."""
    typed = STRINGS if is_long else STRINGS[::4]
    rules(most_unconfirmed_percent=100)
    doctor = doctor_with_hours()
    practice, stranger = client_for(doctor.member), ClinicClient(acme.host())
    form = reverse("scheduling:request_appointment", args=[doctor.pk])
    shown: list[tuple[str, bytes]] = []
    for number, (string, slot) in enumerate(zip(typed, free_times(doctor, days=20), strict=False)):
        names = dict.fromkeys(("given_name", "family_name"), " ".join(fitting(number, 100).split()))
        person = {**names, "email": f"{number}@example.com", "starts_at": slot.starts_at.isoformat()}
        refused = stranger.send(form, {**person, "reason": string, "phone": string})
        kept = stranger.send(form, {**person, "reason": string, "date_of_birth": "1990-02-03"})
        assert (refused.status_code, kept.status_code) == (200, 302), string
        booked = Appointment.objects.get(starts_at=slot.starts_at)
        assert booked.reason == string.strip()
        shown += [("the form", refused.content), *_answers(practice, _written(booked, string))]
    watched.check(shown)


def _written(booked: Appointment, string: str) -> list[str]:
    """The pages of what the doctor has written about the visit's patient, in the string's own words."""
    by = booked.doctor.member
    consultation = records.start_walk_in(booked.patient, by=by)
    records.save_consultation(consultation, by=by, **dict.fromkeys(Consultation.TEXTS, string))
    draft = records.prescribe(consultation, by=by)
    item = dict.fromkeys(PrescriptionItem.TEXTS, string[:50])
    records.save_prescription(draft, by=by, notes=string, items=[item])
    pages = [("scheduling:appointment", booked.pk), ("records:consultation", consultation.pk)]
    pages += [("records:prescription", draft.pk), ("records:save_prescription", draft.pk)]
    return [reverse(name, args=[key]) for name, key in pages]
