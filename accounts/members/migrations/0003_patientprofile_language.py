"""The language in which a patient is written to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="patientprofile",
            name="language",
            field=models.CharField(blank=True, max_length=10, verbose_name="language of messages"),
        ),
    ]
