"""What money is earned with or spent on."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, one_of


class Kind(models.TextChoices):
    """Whether money came in or went out."""

    INCOME = "income", _("Income")
    EXPENSE = "expense", _("Expense")


class System(models.TextChoices):
    """The categories of what the database enters by itself."""

    PAYMENTS = "payments", _("Payments of invoices")
    REFUNDS = "refunds", _("Given back to patients")


class CategoryQuerySet(EntityQuerySet):
    """Words for categories."""

    def offered(self) -> Self:
        """Those for entries by hand."""
        return self.filter(retired_at__isnull=True, system="")


class Category(Entity):
    """What money is earned with or spent on. Retired when it is no longer used: its entries stay."""

    Kind = Kind

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    # Which of the automatic entries belong here; empty for those the clinic made.
    system = models.CharField(max_length=12, choices=System.choices, blank=True, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    objects: ClassVar = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("-kind", "name")
        constraints = (
            one_of("kind", Kind, "books_category_kind"),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="books_category_name",
                violation_error_message=_("Give it a name."),
            ),
            models.UniqueConstraint(
                "kind",
                Lower("name"),
                name="books_category_once",
                violation_error_message=_("There is a category of this name already."),
            ),
            models.UniqueConstraint(
                fields=["system"], condition=~Q(system=""), name="books_category_system_once"
            ),
            models.CheckConstraint(
                condition=Q(system="", kind__in=Kind.values)
                | Q(system=System.PAYMENTS, kind=Kind.INCOME, retired_at__isnull=True)
                | Q(system=System.REFUNDS, kind=Kind.EXPENSE, retired_at__isnull=True),
                name="books_category_system",
                violation_error_message=_("This category is needed for what is entered by itself."),
            ),
            # What an entry's own copy of `kind` refers to.
            models.UniqueConstraint(fields=["id", "kind"], name="books_category_kind_key"),
        )

    def __str__(self) -> str:
        return str(self.label)

    @property
    def label(self) -> Any:
        """The name, in the language of the page where it is one of ours."""
        return System(self.system).label if self.system else self.name

    @property
    def is_retired(self) -> bool:
        """Whether nothing more is entered under it."""
        return self.retired_at is not None
