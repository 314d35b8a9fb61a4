"""An addendum is kept while it is being typed."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import audited, composite_foreign_key, frozen_parts


class Migration(migrations.Migration):
    """The table and its rules: of one patient, and only beside what is signed."""

    dependencies = [
        ("members", "0005_languages"),
        ("records", "0031_safety_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="AddendumDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("text", models.TextField(blank=True, max_length=20000, verbose_name="text")),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "consultation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addendum_draft",
                        to="records.consultation",
                        verbose_name="consultation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.patientprofile",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "addendum being written",
                "verbose_name_plural": "addenda being written",
                "ordering": ("-created_at", "-id"),
            },
        ),
        composite_foreign_key(
            "records_addendumdraft",
            ("consultation_id", "patient_id"),
            "records_consultation",
            ("id", "patient_id"),
            "addendum_draft_consultation_patient",
        ),
        *frozen_parts(
            "records_addendumdraft",
            parent="records_consultation",
            key="consultation_id",
            when="p.status <> 'signed'",
            message="Only a signed consultation has addenda. Write in the consultation itself.",
            name="only_signed",
        ),
        *audited("records_addendumdraft"),
    ]
