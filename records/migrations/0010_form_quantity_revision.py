"""A prescription's lines tell form and quantity; a draft is changed only by those who have read it as it is."""

from django.db import migrations, models

from clinic.db.operations import guard, refuse

# A change of the lines counts too; that one is the services' to count, which hold the prescription's row.
STALE = (
    "IF NEW.revision NOT IN (OLD.revision, OLD.revision + 1) "
    "OR (NEW.notes <> OLD.notes AND NEW.revision = OLD.revision) "
    "OR (OLD.status <> 'draft' AND NEW.revision <> OLD.revision) THEN "
    f"{refuse('This text was changed meanwhile. Open it again to see how it is now.')}; END IF; "
)


class Migration(migrations.Migration):
    """What stands on the sheet besides, and the number of changes."""

    dependencies = [("records", "0004_nobody_is_overwritten")]

    operations = [
        migrations.AddField(
            model_name="prescription",
            name="revision",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="prescriptionitem",
            name="form",
            field=models.CharField(blank=True, default="", max_length=50, verbose_name="form"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="prescriptionitem",
            name="quantity",
            field=models.CharField(blank=True, default="", max_length=50, verbose_name="quantity"),
            preserve_default=False,
        ),
        *guard("records_prescription", "revision", "UPDATE", STALE),
    ]
