"""A prescription is handed out only as it was checked, and every finding has its answer."""

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import audited, composite_foreign_key, frozen, frozen_parts, guard, refuse

# What the check looked at, as records.services.safety.COVERS computes it.
COVERS = (
    "encode(sha256(convert_to(jsonb_build_array("
    "(SELECT jsonb_agg(to_jsonb(i) - 'created_at' ORDER BY i.position) FROM records_prescriptionitem i "
    "WHERE i.prescription_id = OLD.id), "
    "(SELECT jsonb_agg(to_jsonb(i) - 'created_at' ORDER BY i.id) FROM records_prescriptionitem i "
    "JOIN records_prescription o ON o.id = i.prescription_id "
    "WHERE o.patient_id = OLD.patient_id AND o.status = 'active' AND o.id <> OLD.id), "
    "(SELECT jsonb_agg(a.substance ORDER BY a.id) FROM members_allergy a "
    "WHERE a.patient_id = OLD.patient_id))::text, 'UTF8')), 'hex')"
)
# The name comes after "filled": an empty sheet is told so first.
UNCHECKED = " ".join(
    (
        "IF OLD.status = 'draft' AND NEW.status = 'active' AND NOT EXISTS (",
        "SELECT 1 FROM records_safetycheck c WHERE c.prescription_id = OLD.id",
        f"AND c.covers = {COVERS} AND c.findings_count =",
        "(SELECT count(*) FROM records_safetyfinding f WHERE f.safety_check_id = c.id))",
        f"THEN {refuse('This prescription was not checked as it is now. Check it, then hand it out.')}; END IF;",
    )
)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_languages"),
        ("records", "0030_broken_glass"),
    ]

    operations = [
        migrations.CreateModel(
            name="SafetyCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("covers", models.CharField(editable=False, max_length=64, verbose_name="fingerprint")),
                ("findings_count", models.PositiveSmallIntegerField(editable=False, verbose_name="findings")),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.member",
                        verbose_name="checked for",
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
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="safety_checks",
                        to="records.prescription",
                        verbose_name="prescription",
                    ),
                ),
            ],
            options={
                "verbose_name": "safety check",
                "verbose_name_plural": "safety checks",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="SafetyFinding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("position", models.PositiveSmallIntegerField(editable=False, verbose_name="position")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("stop", "Stop"),
                            ("warn", "Warning"),
                            ("unchecked", "Not checked"),
                            ("note", "Note"),
                        ],
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=1000)),
                ("text", models.TextField(verbose_name="what was found")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason for going on")),
                ("is_acknowledged", models.BooleanField(default=False, verbose_name="acknowledged")),
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
                (
                    "safety_check",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="records.safetycheck",
                        verbose_name="safety check",
                    ),
                ),
            ],
            options={
                "verbose_name": "finding of a safety check",
                "verbose_name_plural": "findings of safety checks",
                "ordering": ("position",),
            },
        ),
        migrations.AddConstraint(
            model_name="safetycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("covers__regex", "^[0-9a-f]{64}$")),
                name="safety_check_covers",
                violation_error_message="A check says what it covers.",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetycheck",
            constraint=models.UniqueConstraint(fields=("id", "patient"), name="safety_check_patient_key"),
        ),
        migrations.AddConstraint(
            model_name="safetyfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["stop", "warn", "unchecked", "note"])),
                name="safety_finding_level",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("is_acknowledged", True), ("level", "stop"), models.Q(("reason", ""), _negated=True)
                    ),
                    models.Q(("level", "warn"), models.Q(("reason", ""), _negated=True)),
                    models.Q(("is_acknowledged", True), ("level", "unchecked")),
                    ("level", "note"),
                    _connector="OR",
                ),
                name="safety_finding_answered",
                violation_error_message="Every warning is answered before the sheet is handed out.",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyfinding",
            constraint=models.UniqueConstraint(
                fields=("safety_check", "position"), name="safety_finding_position"
            ),
        ),
        composite_foreign_key(
            "records_safetycheck",
            ("prescription_id", "patient_id"),
            "records_prescription",
            ("id", "patient_id"),
            "safety_check_prescription_patient",
        ),
        composite_foreign_key(
            "records_safetyfinding",
            ("safety_check_id", "patient_id"),
            "records_safetycheck",
            ("id", "patient_id"),
            "safety_finding_check_patient",
        ),
        *frozen("records_safetycheck", when="true", message="What was checked never changes."),
        *frozen("records_safetyfinding", when="true", message="What was found never changes."),
        *frozen_parts(
            "records_safetycheck",
            parent="records_prescription",
            key="prescription_id",
            when="p.status <> 'draft'",
            message="What was handed out is not checked afterwards.",
            name="only_draft",
        ),
        *frozen_parts(
            "records_safetyfinding",
            parent="records_safetycheck",
            key="safety_check_id",
            when="EXISTS (SELECT 1 FROM records_prescription s "
            "WHERE s.id = p.prescription_id AND s.status <> 'draft')",
            message="What was handed out is not checked afterwards.",
            name="only_draft",
        ),
        *guard("records_prescription", "safety", "UPDATE", UNCHECKED),
        *audited("records_safetycheck", "records_safetyfinding"),
    ]
