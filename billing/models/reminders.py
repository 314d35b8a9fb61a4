"""That a patient was reminded of an invoice, and which time it was."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import actor
from billing.models.invoices import Invoice
from billing.models.taxes import BillingPolicy
from clinic.models import Entity


class InvoiceReminder(Entity):
    """One reminder of an overdue invoice. Never changed; a number is given once."""

    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="reminders", db_index=False, verbose_name=_("invoice")
    )
    number = models.PositiveSmallIntegerField(_("which reminder"))
    reminded_on = models.DateField(_("reminded on"))
    reminded_by = actor(_("reminded by"))

    class Meta:
        verbose_name = _("payment reminder")
        verbose_name_plural = _("payment reminders")
        ordering = ("invoice", "number")
        constraints = (
            models.UniqueConstraint(
                fields=["invoice", "number"],
                name="billing_reminder_counted",
                violation_error_message=_(
                    "The patient was reminded in this very moment. Open the invoice again."
                ),
            ),
            models.UniqueConstraint(
                fields=["invoice", "reminded_on"],
                name="billing_reminder_once_a_day",
                violation_error_message=_("The patient was reminded today already."),
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="billing_reminder_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.invoice} ({self.number})"


def due_for_reminder(policy: BillingPolicy, today: date) -> Any:
    """The overdue invoices of which the policy wants their patients reminded today.

    The first reminder comes so many days after the invoice was due, each other so many after the one before.
    """
    own = InvoiceReminder.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    overdue = Invoice.objects.overdue(today).annotate(
        reminders_sent=Coalesce(Subquery(own.annotate(count=Count("pk")).values("count")), 0),
        reminded_last=Subquery(own.annotate(last=Max("reminded_on")).values("last")),
    )
    return overdue.filter(
        Q(reminded_last__lte=today - timedelta(days=policy.reminder_days))
        | Q(reminded_last=None, due_on__lte=today - timedelta(days=policy.reminder_days)),
        reminders_sent__lt=policy.most_reminders,
    )
