"""The clinic's own categories."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from billing.books.models import Category, Kind
from clinic.models import Refusal, relayed


@transaction.atomic
def add_category(*, by: Member | None, kind: str, name: str) -> Category:
    """A new category of income or expenses."""
    category = Category(kind=kind, name=name.strip())
    with relayed(Category, books_category_once=_("There is a category of this name already.")):
        category.save(force_insert=True)
    return category


@transaction.atomic
def update_category(category: Category, *, by: Member | None, name: str) -> Category:
    """Call it otherwise; what was entered under it stays there."""
    category = _own(category)
    category.name = name.strip()
    with relayed(Category):
        category.save(update_fields=["name"])
    return category


@transaction.atomic
def retire_category(category: Category, *, by: Member | None) -> Category:
    """Offer it no longer for new entries."""
    category = _own(category)
    category.retired_at = category.retired_at or timezone.now()
    category.save(update_fields=["retired_at"])
    return category


@transaction.atomic
def restore_category(category: Category, *, by: Member | None) -> Category:
    """Offer it again."""
    category = _own(category)
    category.retired_at = None
    category.save(update_fields=["retired_at"])
    return category


@transaction.atomic
def add_usual_categories(*, by: Member | None) -> int:
    """The categories most clinics need, unless they are there; how many were made."""
    usual = {
        Kind.EXPENSE: (
            _("Rent"),
            _("Wages"),
            _("Medical materials"),
            _("Laboratory and services"),
            _("Office and equipment"),
            _("Taxes and fees"),
            _("Other expenses"),
        ),
        Kind.INCOME: (_("Other income"),),
    }
    made = [Category(kind=kind, name=name) for kind, names in usual.items() for name in names]
    return sum(Category.objects.insert_unless_taken(category) for category in made)


def _own(category: Category) -> Category:
    category = Category.objects.locked(category.pk)
    if category.system:
        raise Refusal(_("This category is needed for what is entered by itself."))
    return category
