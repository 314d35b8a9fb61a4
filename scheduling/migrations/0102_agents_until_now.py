"""Whom agents have brought until now, the clinic is asked about: each of these is a wish of the agent's."""

from django.db import migrations

from clinic.db.operations import run

WISHES = """
INSERT INTO members_agentassignment (
    id, created_at, agent_id, patient_id, status, notes, given_as, end_reason
)
SELECT gen_random_uuid(), min(visit.created_at), visit.agent_id, visit.patient_id, 'requested', '',
    trim(member.given_name || ' ' || member.family_name), ''
FROM scheduling_appointment visit JOIN members_member member ON member.id = visit.patient_id
WHERE visit.agent_id IS NOT NULL
GROUP BY visit.agent_id, visit.patient_id, member.given_name, member.family_name
"""


class Migration(migrations.Migration):
    """Agents keep their bookings in sight until the clinic has answered."""

    dependencies = [("scheduling", "0101_rules_of_agents_log")]

    operations = [
        run(WISHES),
        # What is asked at the commit is asked now: the tables may be altered next.
        run("SET CONSTRAINTS ALL IMMEDIATE"),
        run("SET CONSTRAINTS ALL DEFERRED"),
    ]
