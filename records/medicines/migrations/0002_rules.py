"""Every change of the clinic's own lists is in its trail."""

from django.db import migrations

from clinic.db.operations import audited


class Migration(migrations.Migration):
    """The lists' rules."""

    dependencies = [("medicines", "0001_initial"), ("audit", "0002_trail")]

    operations = audited(
        "medicines_clinicsubstance", "medicines_clinicmedicinename", "medicines_clinicinteraction"
    )
