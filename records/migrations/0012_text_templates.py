"""Texts that are written again and again."""

import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import audited


class Migration(migrations.Migration):
    """The table, recorded like every other."""

    dependencies = [
        ("records", "0011_diagnoses"),
    ]

    operations = [
        migrations.CreateModel(
            name="TextTemplate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "specialisation",
                    models.CharField(blank=True, max_length=100, verbose_name="specialisation"),
                ),
                ("complaints", models.TextField(blank=True, max_length=20000, verbose_name="complaints")),
                ("history", models.TextField(blank=True, max_length=20000, verbose_name="history")),
                ("examination", models.TextField(blank=True, max_length=20000, verbose_name="examination")),
                ("diagnosis", models.TextField(blank=True, max_length=20000, verbose_name="diagnosis")),
                ("plan", models.TextField(blank=True, max_length=20000, verbose_name="plan")),
                ("notes", models.TextField(blank=True, max_length=20000, verbose_name="notes")),
            ],
            options={
                "verbose_name": "text template",
                "verbose_name_plural": "text templates",
                "ordering": ("name", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="text_template_name",
                        violation_error_message="Give the template a name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("complaints", ""),
                            ("diagnosis", ""),
                            ("examination", ""),
                            ("history", ""),
                            ("notes", ""),
                            ("plan", ""),
                            _negated=True,
                        ),
                        name="text_template_text",
                        violation_error_message="Write at least one text.",
                    ),
                    models.UniqueConstraint(
                        fields=("specialisation", "name"),
                        name="text_template_once",
                        violation_error_message="There is a template of this name already.",
                    ),
                ],
            },
        ),
        *audited("records_texttemplate"),
    ]
