"""Text messages, tries of their own, and the entry for the reader's calendar."""

from django.db import migrations, models

from clinic.db.operations import enforced_transitions, run, unguarded

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
    ("uncertain", "sent"),
    ("uncertain", "void"),
]


class Migration(migrations.Migration):
    """What is due stays due; what failed is tried at a time of its own."""

    dependencies = [
        ("notifications", "0002_rules"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="outboxmessage",
            name="outbox_channel",
        ),
        migrations.RemoveIndex(
            model_name="outboxmessage",
            name="outbox_due",
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="calendar",
            field=models.TextField(blank=True, verbose_name="calendar entry"),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="member_id",
            field=models.UUIDField(blank=True, db_index=True, null=True, verbose_name="person"),
        ),
        migrations.AddField(
            model_name="outboxmessage",
            name="retry_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="next try"),
        ),
        run("UPDATE notifications_outboxmessage SET retry_at = due_at WHERE status = 'failed'"),
        migrations.AlterField(
            model_name="outboxmessage",
            name="channel",
            field=models.CharField(
                choices=[("email", "e-mail"), ("sms", "text message")],
                default="email",
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="recipient",
            field=models.CharField(blank=True, max_length=254, verbose_name="to"),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("status", "queued")), fields=["due_at"], name="outbox_queued"
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("status", "failed")), fields=["retry_at"], name="outbox_failed"
            ),
        ),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("status__in", ["sending", "uncertain"])),
                fields=["claimed_at"],
                name="outbox_adrift",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about_id__isnull", False)),
                fields=("about_id", "kind", "channel", "due_at"),
                name="outbox_once_when_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("retry_at__isnull", True), ("status", "failed"), _connector="OR"),
                name="outbox_retry_of_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("recipient", ""), _negated=True),
                    ("status__in", ["failed", "void"]),
                    _connector="OR",
                ),
                name="outbox_to_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboxmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["email", "sms"])),
                name="outbox_channel",
                violation_error_message="Choose one of the values offered.",
            ),
        ),
        *unguarded("notifications_outboxmessage", "transitions"),
        *enforced_transitions("notifications_outboxmessage", PAIRS, ["queued", "failed"]),
    ]
