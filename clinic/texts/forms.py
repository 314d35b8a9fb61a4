"""Where a clinic words its messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form
from clinic.models import Refusal
from clinic.notifications.models import Channel
from clinic.texts.services import check_words
from clinic.texts.wordings import Wording

STANDARD = _("Empty: our own words.")


class MessageTextForm(Form):
    """The words of one message; which version was changed travels along."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput())

    def __init__(self, *args: Any, wording: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wording = wording

    def words(self) -> dict[str, str]:
        """What is in the fields now, as far as it can be read."""
        typed = {name: self[name].value() or "" for name in self.fields if name != "seen"}
        return {name: text.replace("\x00", "") for name, text in typed.items()}

    def check(self) -> None:
        """Say beside the fields what saving would refuse."""
        if self.is_valid():
            try:
                check_words(self.wording, self.words())
            except Refusal as refusal:
                self.add_refusal(refusal)


class LetterForm(MessageTextForm):
    """Around the facts of a letter, which stay as they are."""

    subject = forms.CharField(label=_("Subject"), max_length=120, required=False, help_text=STANDARD)
    opening = forms.CharField(
        label=_("First paragraph"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=STANDARD,
    )
    closing = forms.CharField(
        label=_("Last paragraph"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Before the clinic's name. Empty: nothing more."),
    )


class SmsForm(MessageTextForm):
    """A text message is worded whole: it has room for nothing beside it."""

    text = forms.CharField(
        label=_("Text"),
        max_length=480,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=STANDARD,
    )


def form_for(channel: str) -> type[MessageTextForm]:
    """The form of a way to travel."""
    return SmsForm if channel == Channel.SMS else LetterForm
