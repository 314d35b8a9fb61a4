"""A clinic says of itself how safe its people's sign-in is, and may correct its own facts."""

import django.contrib.postgres.fields
import django.core.validators
from django.db import migrations, models

from clinic.db.operations import run


class Migration(migrations.Migration):
    """Who needs a second factor, and how long a page stays open unattended."""

    dependencies = [
        ("tenants", "0003_directory"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="patient_idle_minutes",
            field=models.PositiveSmallIntegerField(
                default=30,
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(120),
                ],
                verbose_name="minutes until patients are signed out",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="second_factor_roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                size=None,
                verbose_name="need a second factor too",
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="staff_idle_minutes",
            field=models.PositiveSmallIntegerField(
                default=15,
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(60),
                ],
                verbose_name="minutes until staff are signed out",
            ),
        ),
        migrations.AddConstraint(
            model_name="organization",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("patient_idle_minutes__range", (5, 120)), ("staff_idle_minutes__range", (5, 60))
                ),
                name="organization_idle_minutes",
                violation_error_message="Staff are signed out after 5 to 60 minutes, patients after 5 to 120.",
            ),
        ),
        # A clinic's own role corrects the clinic's row now, and may not write into the directory itself.
        run(
            "ALTER FUNCTION tenants_list() SECURITY DEFINER",
            "ALTER FUNCTION tenants_list() SECURITY INVOKER",
        ),
    ]
