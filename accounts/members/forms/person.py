"""The fields that every person has."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumbers import SUPPORTED_REGIONS

from accounts.members.services.storing import PERSON
from clinic.db.current import connection
from clinic.forms import ModelForm


def phone_field(*, required: bool = False) -> PhoneNumberField:
    """A phone number, also as people of the clinic's country write it."""
    country = str(getattr(connection.tenant, "country", "") or "")
    return PhoneNumberField(
        label=_("Phone"),
        required=required,
        region=country if country in SUPPORTED_REGIONS else None,
        max_length=32,
    )


class PersonForm(ModelForm):
    """A profile's fields, after those of the person."""

    given_name = forms.CharField(label=_("Given name"), max_length=100)
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)
    phone = PhoneNumberField(label=_("Phone"), required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = phone_field()
        member = self.instance.member if self.instance.pk and not self.instance._state.adding else None
        for name in PERSON & self.fields.keys():
            if member is not None:
                self.initial.setdefault(name, getattr(member, name))
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        self.order_fields(["given_name", "family_name", "date_of_birth", "gender", "phone", "email"])
