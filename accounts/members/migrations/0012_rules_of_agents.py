"""An assignment keeps its two people, moves along its states, and stays as it was once it has ended."""

from django.db import migrations

from clinic.db.operations import audited, changed, enforced_transitions, frozen

TRANSITIONS = [("active", "ended"), ("requested", "active"), ("requested", "ended")]


class Migration(migrations.Migration):
    """The rules of agents and their patients."""

    dependencies = [("members", "0011_agents_and_their_patients")]

    operations = [
        *enforced_transitions("members_agentassignment", TRANSITIONS, initial=("active", "requested")),
        *frozen(
            "members_agentassignment",
            when="OLD.status = 'ended'",
            message="What has ended stays as it was.",
            name="ended_kept",
        ),
        *frozen(
            "members_agentassignment",
            when=changed("agent_id", "patient_id", "given_as"),
            message="An assignment keeps its agent and its patient; end it, and make another one.",
            name="people_kept",
        ),
        *frozen(
            "members_patientprofile",
            when="TG_OP = 'UPDATE' AND NEW.registered_by_id IS DISTINCT FROM OLD.registered_by_id",
            message="Who registered a patient does not change.",
            name="registrar_kept",
        ),
        *audited("members_agentassignment"),
    ]
