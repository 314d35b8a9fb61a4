"""Whom clinics have erased: keys, for the day a backup is restored."""

import django.db.models.deletion
import django.utils.timezone
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import frozen


class Migration(migrations.Migration):
    """The ledger; what stands in it stays."""

    dependencies = [
        ("tenants", "0021_what_is_given_up_was_proven"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("patient", models.UUIDField(editable=False, verbose_name="patient")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("identity", "Who the person was"),
                            ("clinical", "The health record"),
                            ("accounts", "What the accounts held"),
                        ],
                        max_length=10,
                        verbose_name="what was erased",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="when"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasures",
                        to="tenants.organization",
                        verbose_name="clinic",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "ordering": ("at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ["identity", "clinical", "accounts"])),
                        name="tenants_erasure_what",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "patient", "what"), name="tenants_erasure_once"
                    ),
                ],
            },
        ),
        *frozen("tenants_erasure", "true", "What was erased stays written down, by its key alone."),
    ]
