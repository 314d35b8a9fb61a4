"""What the database keeps true of messages."""

from django.db import migrations

from clinic.db.operations import enforced_transitions

PAIRS = [
    ("failed", "queued"),
    ("failed", "sending"),
    ("failed", "void"),
    ("queued", "sending"),
    ("queued", "void"),
    ("sending", "failed"),
    ("sending", "sent"),
    ("sending", "uncertain"),
    ("uncertain", "queued"),
    ("uncertain", "void"),
]


class Migration(migrations.Migration):
    """A message's way is the table's."""

    dependencies = (("notifications", "0001_initial"),)

    operations = (*enforced_transitions("notifications_outboxmessage", PAIRS, ["queued"]),)
