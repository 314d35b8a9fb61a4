from django.db import migrations, models


class Migration(migrations.Migration):
    """What a later release may add."""

    dependencies = [("idempotency", "0001_initial")]

    operations = [migrations.AddField("sentform", "note", models.TextField(default=""))]
