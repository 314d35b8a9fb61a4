"""Visits as calendars know them, feeds of them, and when patients are reminded."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

import scheduling.models.policy
from clinic.db.operations import audited, run

# Every visit is an event of its own, and all that it was moved to are the same event.
EVENTS = (
    "WITH RECURSIVE chain (id, event, told) AS ("
    "SELECT a.id, a.id, 0 FROM scheduling_appointment a "
    "WHERE NOT EXISTS (SELECT FROM scheduling_appointment b WHERE b.rescheduled_to_id = a.id) "
    "UNION ALL SELECT a.rescheduled_to_id, c.event, c.told + 1 FROM chain c "
    "JOIN scheduling_appointment a ON a.id = c.id WHERE a.rescheduled_to_id IS NOT NULL) "
    "UPDATE scheduling_appointment a SET calendar_id = c.event, sequence = c.told FROM chain c WHERE c.id = a.id"
)


class Migration(migrations.Migration):
    """Columns of the appointment, of the policy, and the feeds."""

    dependencies = [
        ("members", "0003_patientprofile_language"),
        ("scheduling", "0050_overbooked_at_hand"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "revoked_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="revoked"),
                ),
            ],
            options={
                "verbose_name": "calendar feed",
                "verbose_name_plural": "calendar feeds",
                "ordering": ("-created_at",),
            },
        ),
        migrations.AddField(
            model_name="appointment",
            name="calendar_id",
            field=models.UUIDField(null=True, editable=False),
        ),
        migrations.AddField(
            model_name="appointment",
            name="sequence",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        run(EVENTS),
        # What waits for the commit would keep the table from being changed.
        run("SET CONSTRAINTS ALL IMMEDIATE"),
        run("SET CONSTRAINTS ALL DEFERRED"),
        migrations.AlterField(
            model_name="appointment",
            name="calendar_id",
            field=models.UUIDField(default=uuid_utils.compat.uuid7, editable=False),
        ),
        migrations.AddField(
            model_name="bookingpolicy",
            name="email_reminder_hours",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(
                    choices=[
                        (1, "1 hour"),
                        (2, "2 hours"),
                        (4, "4 hours"),
                        (12, "12 hours"),
                        (24, "1 day"),
                        (48, "2 days"),
                        (72, "3 days"),
                        (168, "1 week"),
                        (336, "2 weeks"),
                    ]
                ),
                blank=True,
                default=scheduling.models.policy.a_day_before,
                size=None,
                verbose_name="reminders by e-mail",
            ),
        ),
        migrations.AddField(
            model_name="bookingpolicy",
            name="noshow_after_hours",
            field=models.PositiveSmallIntegerField(
                default=4,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(72),
                ],
                verbose_name="hours after its end until a visit without arrival counts as missed",
            ),
        ),
        migrations.AddField(
            model_name="bookingpolicy",
            name="sms_reminder_hours",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(
                    choices=[
                        (1, "1 hour"),
                        (2, "2 hours"),
                        (4, "4 hours"),
                        (12, "12 hours"),
                        (24, "1 day"),
                        (48, "2 days"),
                        (72, "3 days"),
                        (168, "1 week"),
                        (336, "2 weeks"),
                    ]
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="reminders by text message",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "rescheduled"), _negated=True),
                fields=("calendar_id",),
                name="appointment_one_event",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("noshow_after_hours__gte", 1), ("noshow_after_hours__lte", 72)),
                name="booking_policy_noshow_after_hours",
                violation_error_message="1 to 72 is possible.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("email_reminder_hours__contained_by", [1, 2, 4, 12, 24, 48, 72, 168, 336])
                ),
                name="booking_policy_email_reminder_hours",
                violation_error_message="Choose from the times offered.",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(("sms_reminder_hours__contained_by", [1, 2, 4, 12, 24, 48, 72, 168, 336])),
                name="booking_policy_sms_reminder_hours",
                violation_error_message="Choose from the times offered.",
            ),
        ),
        migrations.AddField(
            model_name="calendarfeed",
            name="member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calendar_feeds",
                to="members.member",
                verbose_name="whose visits",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("member",),
                name="calendar_feed_one_open",
            ),
        ),
        *audited("scheduling_calendarfeed"),
    ]
