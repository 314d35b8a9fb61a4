"""What an administrator types to set a clinic up."""

from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.localedata import locale_identifiers
from babel.numbers import list_currencies
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinic.forms import ModelForm
from clinic.languages import languages, nearest
from tenants.models import Organization

ON_A_MAP = _("In degrees, as maps on the web show them where you point at your door: 6.454070.")


class ContactForm(ModelForm):
    """Who the clinic is, where it is and how it is reached."""

    class Meta:
        model = Organization
        fields = ("name", "address", "phone", "email", "latitude", "longitude")
        help_texts = {
            "address": _("As it is to stand on papers, in letters and in the directory."),
            "email": _("Where patients may write to. It stands on your pages."),
            "latitude": ON_A_MAP,
            "longitude": _("Both or neither. Patients who look for a clinic near by find yours by them."),
        }


class ColourInput(forms.TextInput):
    """The browser's own field for a colour."""

    input_type = "color"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control-color"})


class BrandForm(ModelForm):
    """Colour and logo."""

    picture = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG or JPEG, up to 5 MB. A wide one with a white or no background looks best."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )

    class Meta:
        model = Organization
        fields = ("brand_colour",)
        widgets = {"brand_colour": ColourInput()}
        help_texts = {
            "brand_colour": _(
                "Any colour: text and buttons take a lighter or darker one of it, so that they are read."
            )
        }

    def clean_brand_colour(self) -> str:
        """In small letters, as it is stored."""
        return self.cleaned_data["brand_colour"].lower()


class LetterheadForm(ModelForm):
    """What papers say beside name and contact."""

    class Meta:
        model = Organization
        fields = ("opening_words", "registration", "bank_details", "footer_words")
        widgets = {"bank_details": forms.Textarea(attrs={"rows": 3})}


class LanguagesForm(ModelForm):
    """How dates and numbers are written, and what letters are written in."""

    locale = forms.ChoiceField(
        label=_("Language and region"),
        help_text=_("By it dates, times, numbers and amounts are written. The pages themselves are English."),
    )
    letter_languages = forms.MultipleChoiceField(
        label=_("Languages of letters and text messages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Each patient's is chosen in the own details; all others get the clinic's own language, "
            "which is always one of these."
        ),
    )

    class Meta:
        model = Organization
        fields = ("locale", "letter_languages")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["locale"].choices = regions(self.instance.locale)  # type: ignore[attr-defined]
        self.fields["letter_languages"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        self.initial["letter_languages"] = [code for code, _name in languages(self.instance)]


class PlaceForm(ModelForm):
    """By which clock visits are booked, and what money is counted in."""

    time_zone = forms.ChoiceField(label=_("Time zone"))
    currency = forms.ChoiceField(label=_("Currency"))

    class Meta:
        model = Organization
        fields = ("time_zone", "currency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones, currencies = sorted(available_timezones()), sorted(list_currencies())
        self.fields["time_zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]


def regions(present: str) -> list[tuple[str, str]]:
    """The locales of the languages we write in, by their English names; and the one in use."""
    ours = {code for code, _name in settings.LANGUAGES}
    known = {name for name in locale_identifiers() if name.partition("_")[0] in ours} | {present}
    return sorted(((name, _region(name)) for name in known), key=lambda choice: choice[1])


def _region(name: str) -> str:
    return Locale.parse(name, sep="-" if "-" in name else "_").get_display_name("en") or nearest(name)
