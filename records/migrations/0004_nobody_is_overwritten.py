"""A consultation's text is changed only by those who have read it as it is."""

from django.db import migrations, models

from clinic.db.operations import guard, refuse

WRITTEN = (
    "complaints",
    "history",
    "examination",
    "diagnosis",
    "plan",
    "notes",
    "duration_minutes",
    "follow_up_on",
)


def row(name: str) -> str:
    """What is written, of OLD or NEW, as one value."""
    return f"({', '.join(f'{name}.{column}' for column in WRITTEN)})"


STALE = (
    f"IF NEW.revision <> OLD.revision + ({row('NEW')} IS DISTINCT FROM {row('OLD')})::int THEN "
    f"{refuse('This text was changed meanwhile. Open it again to see how it is now.')}; END IF; "
)


class Migration(migrations.Migration):
    """The number of changes, and the rule that each is one more than what was read."""

    dependencies = [("records", "0003_follow_up_within_two_years")]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="revision",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        *guard("records_consultation", "revision", "UPDATE", STALE),
    ]
