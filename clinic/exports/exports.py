"""What of the project's own tables is given out."""

from django.utils.translation import gettext_lazy as _

from clinic.exports.table import left_out, whose, withheld

left_out("sessions.Session", _("Who is signed in at the moment."))
left_out("idempotency.SentForm", _("Which form was sent, for a day, so that none counts twice."))
left_out("jobs.JobRun", _("When the site last tidied up."))
# A letter's row names its reader by key alone; what was secret in it is forgotten when it is sent.
whose("notifications.OutboxMessage", "member_id")
withheld(
    "audit.AuditEvent",
    _("It tells of those who work here. Who opened the record is in the readable record, and in the portal."),
)
