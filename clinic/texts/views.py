"""The pages on which a clinic words its messages."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from clinic.languages import languages
from clinic.notifications.models import Channel
from clinic.texts import services
from clinic.texts.forms import MessageTextForm, form_for
from clinic.texts.models import MessageText, parts_of
from clinic.texts.samples import preview
from clinic.texts.wordings import GROUPS, PLACEHOLDERS, WORDINGS, Wording

# Of what a message has said before, so much is shown; all of it is in the clinic's admin.
VERSIONS = 10


class Chosen(NamedTuple):
    """Which text is meant: of what, how it travels, in which language."""

    wording: Wording
    channel: str
    language: str

    @property
    def where(self) -> dict[str, str]:
        """As the services take it."""
        return {"channel": self.channel, "language": self.language}

    @property
    def query(self) -> str:
        """As an address says it."""
        return urlencode({"kind": self.wording.kind, **self.where})

    @property
    def url(self) -> str:
        """Its page."""
        return f"{reverse('texts:update_message_text')}?{self.query}"

    @property
    def channel_label(self) -> Any:
        """How it travels, in words."""
        return Channel(self.channel).label

    @property
    def language_name(self) -> str:
        """In which language, by its own name."""
        return dict(languages())[self.language]


class Name(NamedTuple):
    """A placeholder as the page explains it."""

    name: str
    label: Any
    in_subject: bool
    must_stay: bool


@requires("texts.message_text_list")
@require_safe
def message_text_list(request: ClinicRequest) -> HttpResponse:
    """Every message that goes out to patients, in one language (?language=), and which are worded anew."""
    language = request.GET.get("language", "")
    spoken = dict(languages())
    language = language if language in spoken else next(iter(spoken))
    own = {text.key for text in MessageText.objects.filter(language=language).current() if text.is_own}
    groups = [(title, [_row(wording, language, own) for wording in wordings]) for title, wordings in GROUPS]
    context = {"groups": groups, "languages": languages(), "language": language, "own": len(own)}
    return render(request, "texts/message_text_list.html", context)


def _row(wording: Wording, language: str, own: set[str]) -> tuple[Wording, list[Any]]:
    """A message with its ways to travel: each with its page, and whether it is worded anew."""
    ways = [Chosen(wording, channel, language) for channel in wording.channels]
    return wording, [(way, f"{wording.kind}/{way.channel}/{language}" in own) for way in ways]


@requires("texts.update_message_text")
def update_message_text(request: ClinicRequest) -> HttpResponse:
    """The words of one message, and how it looks with them; "preview" looks without saving."""
    chosen = _chosen(request)
    versions = list(MessageText.objects.versions(chosen.wording.kind, **chosen.where)[:VERSIONS])
    form = _form(request, chosen, versions)
    if request.method == "POST" and _is_saved(request, chosen, form):
        messages.success(request, _("Saved. Messages written from now on say this."))
        return redirect(chosen.url)
    return render(request, "texts/update_message_text.html", _page(chosen, versions, form))


def _form(request: ClinicRequest, chosen: Chosen, versions: list[MessageText]) -> MessageTextForm:
    now = versions[0] if versions else None
    initial = {"seen": now.version, **now.words} if now else {"seen": 0}
    return form_for(chosen.channel)(request.POST or None, initial=initial, wording=chosen.wording)


def _is_saved(request: ClinicRequest, chosen: Chosen, form: MessageTextForm) -> bool:
    if "preview" in request.POST or "preview" in request.GET:
        form.check()
        return False
    return form.submit(
        services.update_message_text, by=request.member, wording=chosen.wording, **chosen.where
    )


def _page(chosen: Chosen, versions: list[MessageText], form: MessageTextForm) -> dict[str, Any]:
    standard = preview(chosen.wording, chosen.channel, chosen.language, {})
    return {
        "form": form,
        "chosen": chosen,
        "is_letter": chosen.channel == Channel.EMAIL,
        "names": list(_names(chosen)),
        "preview": preview(chosen.wording, chosen.channel, chosen.language, form.words()),
        "standard": standard,
        "versions": versions,
        "is_own": bool(versions and versions[0].is_own),
    }


def _names(chosen: Chosen) -> Iterator[Name]:
    """What may stand between braces, and where."""
    parts = parts_of(chosen.channel)
    subject = chosen.wording.names_in("subject")
    needed = {name for part in parts for name in chosen.wording.needed_in(part)}
    for name in chosen.wording.names:
        yield Name(name, PLACEHOLDERS[name].label, name in subject, name in needed)


@requires("texts.use_standard_text")
@require_POST
def use_standard_text(request: ClinicRequest) -> HttpResponse:
    """Our own words again."""
    chosen = _chosen(request)
    newest = MessageText.objects.versions(chosen.wording.kind, **chosen.where).first()
    if newest is None or not newest.is_own:
        return redirect(chosen.url)
    said = _("This message says our own words again.")
    facts = {"seen": newest.version, **chosen.where}
    carry_out(request, services.use_standard_text, chosen.wording, said, **facts)
    return redirect(chosen.url)


def _chosen(request: ClinicRequest) -> Chosen:
    """What the address names; a 404 when there is no such message."""
    wording = WORDINGS.get(request.GET.get("kind", ""))
    channel, language = request.GET.get("channel", ""), request.GET.get("language", "")
    if wording is None or channel not in wording.channels or language not in dict(languages()):
        raise Http404
    return Chosen(wording, channel, language)
