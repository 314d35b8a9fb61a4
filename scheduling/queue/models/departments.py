"""Departments: where people without an appointment wait, each with its own numbers."""

import datetime
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet

PREFIX = r"^[A-Z]{1,3}$"
LETTERS = _("One to three capital letters, A to Z.")


class DepartmentQuerySet(EntityQuerySet):
    """Words for departments."""

    def active(self) -> Self:
        """Those that take people."""
        return self.filter(is_active=True)


class Department(Entity):
    """A place people queue for: the doctor's surgery, the laboratory, vaccinations, the cashier.

    It counts its own numbers, from one each day: the counter is this row, so that a number is drawn with its
    ticket or not at all.
    """

    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        error_messages={"unique": _("There is already a department with this name.")},
    )
    prefix = models.CharField(
        _("letter"),
        max_length=3,
        validators=[RegexValidator(PREFIX, LETTERS)],
        help_text=_("Stands before the number on the slip: A gives A-001."),
    )
    is_active = models.BooleanField(_("in use"), default=True, editable=False)
    last_day = models.DateField(_("last counted on"), null=True, blank=True, editable=False)
    last_number = models.PositiveIntegerField(_("last number"), default=0, editable=False)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("prefix", "name")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name=""),
                name="queue_department_name",
                violation_error_message=_("Give the department a name."),
            ),
            models.CheckConstraint(
                condition=Q(prefix__regex=PREFIX),
                name="queue_department_letters",
                violation_error_message=LETTERS,
            ),
            models.UniqueConstraint(
                fields=["prefix"],
                condition=Q(is_active=True),
                name="queue_department_prefix",
                violation_error_message=_("Another department has this letter. Choose one of its own."),
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True, last_number=0)
                | Q(last_day__isnull=False, last_number__gte=1),
                name="queue_department_counted",
                violation_error_message=_("Numbers are counted one by one."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def count_one(self, day: datetime.date) -> None:
        """Go on to the day's next number (the caller holds the row's lock, and stores it)."""
        self.last_number = self.last_number + 1 if self.last_day == day else 1
        self.last_day = day

    @property
    def token(self) -> str:
        """The last number as it stands on its slip."""
        return f"{self.prefix}-{self.last_number:03d}"
