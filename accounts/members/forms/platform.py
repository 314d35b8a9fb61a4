"""What is typed to sign a clinic up."""

from typing import Any, cast
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_territory_currencies, list_currencies
from django import forms
from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from clinic.forms import Form
from tenants.models.names import is_label

BY_COUNTRY = ("", _("The country's own"))


def zones_of(country: str) -> list[str]:
    """The time zones of a country, by the Unicode CLDR."""
    territories = get_global("zone_territories")
    return sorted(zone for zone in available_timezones() if territories.get(zone) == country)


def locale_of(country: str) -> str:
    """English as it is written in the country."""
    name = f"en_{country}"
    try:
        Locale.parse(name)
    except UnknownLocaleError:
        return "en"
    return name


class SignUpClinicForm(Form):
    """A new clinic and the person who runs it."""

    name = forms.CharField(label=_("Name of the clinic"), max_length=120)
    label = forms.CharField(
        label=_("Web address"), max_length=32, required=False, validators=[is_label], help_text=""
    )
    country = forms.ChoiceField(label=_("Country"))
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    given_name = forms.CharField(label=_("Your given name"), max_length=100)
    family_name = forms.CharField(label=_("Your family name"), max_length=100)
    email = forms.EmailField(
        label=_("Your e-mail"), help_text=_("We send a letter there; the link in it opens your clinic.")
    )
    also_doctor = forms.BooleanField(label=_("I also see patients"), required=False)
    specialisation = forms.CharField(label=_("Specialisation"), max_length=100, required=False)
    licence_number = forms.CharField(label=_("Licence number"), max_length=50, required=False)

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("country", [("", _("Choose…")), *countries]),
            ("currency", [BY_COUNTRY, *((code, code) for code in sorted(list_currencies()))]),
            ("time_zone", [BY_COUNTRY, *((zone, zone) for zone in sorted(available_timezones()))]),
        ):
            cast(forms.ChoiceField, self.fields[name]).choices = choices
        self.fields["label"].help_text = _(
            "Your clinic opens at this name before .%(domain)s. Left empty, it is made of the clinic's name."
        ) % {"domain": settings.PLATFORM_DOMAIN}
        if user is not None:
            # A log-in that is known needs no letter.
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        """Fill in what follows from the country and the name."""
        cleaned = super().clean() or self.cleaned_data
        country = cleaned.get("country")
        if country:
            self._fill("currency", get_territory_currencies(country)[-1:])
            self._fill("time_zone", zones_of(country))
            cleaned["locale"] = locale_of(country)
        if cleaned.get("name") and not cleaned.get("label") and "label" not in self.errors:
            self._derive_label(cleaned["name"])
        if cleaned.get("also_doctor"):
            for name in ("specialisation", "licence_number"):
                if not cleaned.get(name):
                    self.add_error(name, _("Needed if you see patients."))
        return cleaned

    def _fill(self, name: str, of_country: list[str]) -> None:
        if self.cleaned_data.get(name) or name in self.errors:
            return
        if len(of_country) == 1:
            self.cleaned_data[name] = of_country[0]
        else:
            self.add_error(name, _("Please choose: this country has several, or none that we know."))

    def _derive_label(self, clinic: str) -> None:
        label = slugify(clinic)[:32].strip("-")
        try:
            is_label(label)
        except forms.ValidationError:
            self.add_error("label", _("Please choose an address; the clinic's name makes none."))
        else:
            self.cleaned_data["label"] = label
