"""Patients are found by an index, whatever is typed, and listed by one."""

import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a search looks up."""

    dependencies = [
        ("members", "0003_patientprofile_language"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="backwards",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Reverse("phone"),
                output_field=models.CharField(max_length=32),
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                fields=["role", "given_name", "family_name", "id"], name="members_member_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                fields=["phone"], name="members_phone_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                fields=["backwards"], name="members_phone_ends", opclasses=["varchar_pattern_ops"]
            ),
        ),
    ]
