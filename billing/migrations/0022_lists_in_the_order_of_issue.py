"""Lists of invoices are in the order of their numbers, drafts where they were begun."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index for another."""

    dependencies = [
        ("billing", "0016_rules_of_reminders"),
        ("members", "0005_languages"),
        ("records", "0032_addendum_drafts"),
        ("scheduling", "0096_moved_to_the_same_patients_visit"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="invoice",
            options={
                "ordering": (
                    models.OrderBy(
                        django.db.models.functions.comparison.Coalesce("issued_at", "created_at"),
                        descending=True,
                    ),
                    "-id",
                ),
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
            },
        ),
        migrations.RemoveIndex(
            model_name="invoice",
            name="billing_invoice_latest",
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                models.OrderBy(
                    django.db.models.functions.comparison.Coalesce("issued_at", "created_at"), descending=True
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="billing_invoice_newest",
            ),
        ),
    ]
