"""A clinic's own words for its messages, version after version."""

import uuid_utils.compat
from django.db import migrations, models

from clinic.db.operations import audited, frozen, guard, refuse_if

# Whoever changed another version than the last one has not seen what it said.
LAST = (
    "1 + (SELECT count(*) FROM texts_messagetext t WHERE t.kind = NEW.kind AND t.channel = NEW.channel "
    "AND t.language = NEW.language)"
)


class Migration(migrations.Migration):
    """Texts of messages."""

    initial = True

    dependencies = [("audit", "0002_trail")]

    operations = [
        migrations.CreateModel(
            name="MessageText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "e-mail"), ("sms", "text message")],
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("subject", models.CharField(blank=True, max_length=120, verbose_name="subject")),
                ("opening", models.CharField(blank=True, max_length=1000, verbose_name="first paragraph")),
                ("closing", models.CharField(blank=True, max_length=1000, verbose_name="last paragraph")),
                ("text", models.CharField(blank=True, max_length=480, verbose_name="text")),
                ("author", models.CharField(blank=True, max_length=200, verbose_name="written by")),
            ],
            options={
                "verbose_name": "text of a message",
                "verbose_name_plural": "texts of messages",
                "ordering": ("kind", "channel", "language", "-version"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms"])),
                        name="message_text_channel",
                        violation_error_message="Choose one of the values offered.",
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "channel", "language", "version"),
                        name="message_text_version",
                        violation_error_message="Somebody else has just changed this text. Open it again.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "sms"), ("closing", ""), ("opening", ""), ("subject", "")),
                            models.Q(("channel", "email"), ("text", "")),
                            _connector="OR",
                        ),
                        name="message_text_parts",
                        violation_error_message="A letter has a subject and paragraphs, a text message one text.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject__regex", "[\\r\\n]"), _negated=True),
                        name="message_text_subject",
                        violation_error_message="Write the subject on one line.",
                    ),
                ],
            },
        ),
        *frozen("texts_messagetext", "true", "What was said stays on record. Write a new version."),
        *guard(
            "texts_messagetext",
            "version",
            "INSERT",
            refuse_if(f"NEW.version <> {LAST}", "Somebody else has just changed this text. Open it again."),
        ),
        *audited("texts_messagetext"),
    ]
