"""Diagnoses by their codes: of one consultation and its patient, and signed with it."""

import django.db.models.constraints
import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import audited, composite_foreign_key, frozen_parts


class Migration(migrations.Migration):
    """The table and its rules."""

    dependencies = [
        ("members", "0005_languages"),
        ("records", "0010_form_quantity_revision"),
    ]

    operations = [
        migrations.CreateModel(
            name="Diagnosis",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("position", models.PositiveSmallIntegerField(editable=False, verbose_name="position")),
                ("code", models.CharField(max_length=8, verbose_name="code")),
                ("title", models.CharField(max_length=300, verbose_name="diagnosis")),
                (
                    "consultation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="diagnoses",
                        to="records.consultation",
                        verbose_name="consultation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="diagnoses",
                        to="members.patientprofile",
                        verbose_name="patient",
                    ),
                ),
            ],
            options={
                "verbose_name": "diagnosis",
                "verbose_name_plural": "diagnoses",
                "ordering": ("position",),
                "indexes": [models.Index(fields=["patient", "code"], name="diagnosis_of_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code__regex", "^[A-Z][0-9]{2}(\\.[0-9]{1,2})?$"),
                            models.Q(("title", ""), _negated=True),
                        ),
                        name="diagnosis_code",
                        violation_error_message="Choose a diagnosis from the list.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__gte", 1), ("position__lte", 20)),
                        name="diagnosis_position",
                        violation_error_message="A consultation has at most 20 diagnoses.",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("consultation", "position"),
                        name="diagnosis_one_at_each_place",
                        violation_error_message="Two diagnoses stand at the same place. Open the page again.",
                    ),
                    models.UniqueConstraint(
                        fields=("consultation", "code"),
                        name="diagnosis_once",
                        violation_error_message="This diagnosis is there already.",
                    ),
                ],
            },
        ),
        composite_foreign_key(
            "records_diagnosis",
            ("consultation_id", "patient_id"),
            "records_consultation",
            ("id", "patient_id"),
            "diagnosis_consultation_patient",
        ),
        *frozen_parts(
            "records_diagnosis",
            parent="records_consultation",
            key="consultation_id",
            when="p.status IN ('signed', 'cancelled')",
            message="The diagnoses of a closed consultation never change. Write an addendum.",
        ),
        *audited("records_diagnosis"),
    ]
