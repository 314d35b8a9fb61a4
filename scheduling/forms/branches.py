"""Branches, rooms, and which room a visit is in."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms import Form, ModelForm
from scheduling.models import Branch, Room


class BranchForm(ModelForm):
    """A branch."""

    class Meta:
        model = Branch
        fields = ("name", "address", "phone", "latitude", "longitude")
        help_texts = {
            "name": _("As patients know it, for example by its part of the town."),
            "latitude": _(
                "In degrees, for example 6.447800. With both coordinates patients find the nearest."
            ),
            "longitude": _("In degrees, for example 3.472300."),
        }


class RoomForm(ModelForm):
    """A room; in which branch is said once, by the page."""

    class Meta:
        model = Room
        fields = ("name", "purpose")


class AssignRoomForm(Form):
    """Which room a visit is in: of its branch, and free then."""

    room = forms.ModelChoiceField(
        Room.objects.none(),
        label=_("Room"),
        required=False,
        blank=True,
        empty_label=_("No room in particular"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Somebody else has this room then. Choose another one.")},
    )

    def __init__(self, *args: Any, rooms: Iterable[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Room.objects.filter(pk__in=[room.pk for room in rooms])
        cast(forms.ModelChoiceField, self.fields["room"]).queryset = free
