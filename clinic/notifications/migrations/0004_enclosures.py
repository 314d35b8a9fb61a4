"""The paper that goes along with a letter, by its name and what it is about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Letters may enclose a paper."""

    dependencies = [("notifications", "0003_text_messages_and_retries")]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="enclosure",
            field=models.JSONField(blank=True, default=dict, verbose_name="enclosed paper"),
        ),
    ]
