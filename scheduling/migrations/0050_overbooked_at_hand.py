"""The few overbooked visits are found without going through a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index of its own."""

    dependencies = [
        ("members", "0002_rules"),
        ("scheduling", "0030_overbooking_and_fees"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("overbook_reason", ""), _negated=True),
                fields=["doctor", "starts_at"],
                name="appointment_overbooked",
            ),
        ),
    ]
