"""What is typed into categories."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.books.models import Category, Kind
from clinic.forms import Form


class UpdateCategoryForm(Form):
    """What a category is called."""

    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, data: Any = None, *, category: Category) -> None:
        super().__init__(data, initial={"name": category.name})


class AddCategoryForm(Form):
    """A new category."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.EXPENSE)
    name = forms.CharField(label=_("Name"), max_length=80)
