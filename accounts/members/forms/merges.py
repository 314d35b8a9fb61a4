"""What is chosen when two files become one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.members.merging.fields import BOTH, MERGED, SURVIVOR, Difference, differences
from accounts.members.models import PatientProfile
from clinic.forms import Form

EMPTY = _("nothing")


class MergeForm(Form):
    """Of each field in which the files differ, whose word stays; and the number of the file that stays."""

    number = forms.CharField(
        label=_("Number of the file that stays"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "form-control w-auto"}),
    )

    def __init__(self, *args: Any, survivor: PatientProfile, merged: PatientProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].help_text = _("Type %s: everything will stand there.") % survivor.number
        self.differing = differences(survivor, merged)
        for each in self.differing:
            self.fields[each.name] = _choice(each)

    @property
    def chosen(self) -> list[Any]:
        """The fields in which the files differ, to be drawn."""
        return [self[each.name] for each in self.differing]


def _choice(each: Difference) -> forms.ChoiceField:
    choices = [(SURVIVOR, each.survivor or EMPTY), (MERGED, each.merged or EMPTY)]
    if each.may_be_both:
        choices.append((BOTH, _("both, one after the other")))
    return forms.ChoiceField(
        label=each.label,
        choices=choices,
        initial=each.proposed,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
