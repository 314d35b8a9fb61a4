"""A line of an agent's log belongs to an assignment of the same two, and is never changed."""

from django.db import migrations

from clinic.db.operations import audited, composite_foreign_key, frozen, frozen_parts

TABLE = "scheduling_assistance"


class Migration(migrations.Migration):
    """The rules of the agents' log."""

    dependencies = [("scheduling", "0100_agents_log"), ("members", "0012_rules_of_agents")]

    operations = [
        composite_foreign_key(
            TABLE,
            ("assignment_id", "agent_id", "patient_id"),
            "members_agentassignment",
            ("id", "agent_id", "patient_id"),
            "scheduling_assistance_of_one_pair",
        ),
        composite_foreign_key(
            TABLE,
            ("appointment_id", "patient_id"),
            "scheduling_appointment",
            ("id", "patient_id"),
            "scheduling_assistance_of_one_patient",
        ),
        *frozen(TABLE, when="true", message="A line of the log stays as it was written."),
        *frozen_parts(
            TABLE,
            "members_agentassignment",
            "assignment_id",
            when="p.status = 'ended'",
            message="This agent does not have the patient any more.",
            name="running",
        ),
        *audited(TABLE),
    ]
