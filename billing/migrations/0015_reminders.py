"""Reminders of overdue invoices, and the rules by which they are sent."""

import django.core.validators
import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    """Which reminder of which invoice, on which day."""

    dependencies = [
        ("billing", "0021_rules_of_claims"),
        ("members", "0005_languages"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceReminder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("number", models.PositiveSmallIntegerField(verbose_name="which reminder")),
                ("reminded_on", models.DateField(verbose_name="reminded on")),
            ],
            options={
                "verbose_name": "payment reminder",
                "verbose_name_plural": "payment reminders",
                "ordering": ("invoice", "number"),
            },
        ),
        migrations.AddField(
            model_name="billingpolicy",
            name="most_reminders",
            field=models.PositiveSmallIntegerField(
                default=3,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(10),
                ],
                verbose_name="reminders of one invoice",
            ),
        ),
        migrations.AddField(
            model_name="billingpolicy",
            name="reminder_days",
            field=models.PositiveSmallIntegerField(
                default=7,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(90),
                ],
                verbose_name="days until a reminder",
            ),
        ),
        migrations.AddField(
            model_name="billingpolicy",
            name="reminds",
            field=models.BooleanField(
                default=False, verbose_name="patients are reminded of overdue invoices"
            ),
        ),
        migrations.AddConstraint(
            model_name="billingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("reminder_days__gte", 1), ("reminder_days__lte", 90)),
                name="billing_policy_reminder_days",
                violation_error_message="1 to 90 days are possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="billingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("most_reminders__gte", 1), ("most_reminders__lte", 10)),
                name="billing_policy_most_reminders",
                violation_error_message="1 to 10 reminders are possible.",
            ),
        ),
        migrations.AddField(
            model_name="invoicereminder",
            name="invoice",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="billing.invoice",
                verbose_name="invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoicereminder",
            name="reminded_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.member",
                verbose_name="reminded by",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicereminder",
            constraint=models.UniqueConstraint(
                fields=("invoice", "number"),
                name="billing_reminder_counted",
                violation_error_message="The patient was reminded in this very moment. Open the invoice again.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicereminder",
            constraint=models.UniqueConstraint(
                fields=("invoice", "reminded_on"),
                name="billing_reminder_once_a_day",
                violation_error_message="The patient was reminded today already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicereminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="billing_reminder_from_one"
            ),
        ),
    ]
