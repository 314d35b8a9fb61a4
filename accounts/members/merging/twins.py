"""The one table of what both files may have and one file cannot have twice, and what is done about each."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy
from psycopg import sql

from accounts.members.merging.moves import asked, set_aside
from accounts.members.models import PatientMerge
from clinic.models import Refusal

PAIRS = "members_distinctpeople"
_BOTH_OPEN = "theirs.ended_at IS NULL AND mine.ended_at IS NULL"
_RUNNING = "{}.status IN ('requested', 'active')"
_WAITING = "{}.status IN ('waitlist', 'proposed')"
_QUEUED = "{}.status IN ('waiting', 'called', 'in_progress')"
_GRAVITY = "array_position(ARRAY['mild', 'moderate', 'severe'], {}.severity::text)"


def _both(condition: str) -> str:
    return f"{condition.format('theirs')} AND {condition.format('mine')}"


class Twins(NamedTuple):
    """Rows of a table of which a patient has one at most: the merged file's (theirs), the survivor's (mine).

    `same` is when they are the same thing (SQL over both). The survivor's stays, unless `theirs_better`; the
    other is set aside if it meets `spare` (SQL over `{}`), and where neither may be, there is a sentence.
    """

    table: str
    column: str
    same: str
    theirs_better: str = "false"
    spare: str = "true"
    sentence: Any = ""


TWINS = (
    # The graver reaction stays: nobody is to be told less than was known.
    Twins(
        "members_allergy",
        "patient_id",
        "lower(theirs.substance) = lower(mine.substance)",
        theirs_better=f"{_GRAVITY.format('theirs')} > {_GRAVITY.format('mine')}",
    ),
    Twins(
        "members_condition",
        "patient_id",
        "lower(theirs.name) = lower(mine.name)",
        theirs_better="theirs.is_active AND NOT mine.is_active",
    ),
    Twins("members_emergencycontact", "patient_id", "theirs.phone = mine.phone"),
    Twins(
        "members_agentassignment",
        "patient_id",
        f"theirs.agent_id = mine.agent_id AND {_both(_RUNNING)}",
        theirs_better="theirs.status < mine.status",
        spare="NOT EXISTS (SELECT FROM scheduling_assistance a WHERE a.assignment_id = {}.id)",
        sentence=gettext_lazy("The same agent looks after both files. End one of the two assignments first."),
    ),
    Twins("members_guardianship", "dependant_id", f"theirs.guardian_id = mine.guardian_id AND {_BOTH_OPEN}"),
    Twins("members_guardianship", "guardian_id", f"theirs.dependant_id = mine.dependant_id AND {_BOTH_OPEN}"),
    Twins(
        "members_invitation",
        "member_id",
        _both("{0}.accepted_at IS NULL AND {0}.revoked_at IS NULL"),
    ),
    # Said of the pair itself, which the merge overrules, or of the same third person twice.
    Twins(
        PAIRS,
        "one_id",
        "mine.id = theirs.id OR mine.one_id = theirs.other_id OR mine.other_id = theirs.other_id",
    ),
    Twins(
        PAIRS,
        "other_id",
        "mine.id = theirs.id OR mine.one_id = theirs.one_id OR mine.other_id = theirs.one_id",
    ),
    Twins("scheduling_calendarfeed", "member_id", _both("{}.revoked_at IS NULL")),
    Twins(
        "scheduling_waitinglistentry",
        "patient_id",
        "theirs.doctor_id IS NOT DISTINCT FROM mine.doctor_id "
        f"AND theirs.specialisation = mine.specialisation AND {_both(_WAITING)}",
        theirs_better="theirs.status = 'proposed'",
        spare="{}.status = 'waitlist'",
        sentence=gettext_lazy(
            "Both files were offered a visit from the waiting list. Let one of the offers be declined first."
        ),
    ),
    Twins(
        "queue_queueentry",
        "patient_id",
        f"theirs.department_id = mine.department_id AND theirs.day = mine.day AND {_both(_QUEUED)}",
        spare="false",
        sentence=gettext_lazy("Both files wait in the same queue. Let one of the two numbers leave first."),
    ),
    Twins(
        "observations_observation",
        "patient_id",
        "theirs.code = mine.code AND theirs.measured_at = mine.measured_at "
        "AND theirs.entered_in_error_at IS NULL AND mine.entered_in_error_at IS NULL",
        spare="(theirs.value, theirs.unit) = (mine.value, mine.unit)",
        sentence=gettext_lazy(
            "Both files hold a measurement of the same moment, and they differ. "
            "A doctor marks the wrong one as entered in error first."
        ),
    ),
    # One hold is enough to keep a file; when it is lifted is a matter of the file that stays.
    Twins("erasure_legalhold", "patient_id", _both("{}.lifted_at IS NULL")),
    Twins(
        "exports_export",
        "patient_id",
        _both("{}.status IN ('asked', 'running')"),
        spare="false",
        sentence=gettext_lazy("Copies of both files are being prepared. Try again when they are ready."),
    ),
    Twins(
        "insurance_policy",
        "patient_id",
        "theirs.payer_id = mine.payer_id AND theirs.valid_from = mine.valid_from",
        spare="NOT EXISTS (SELECT FROM billing_claim c WHERE c.policy_id = {}.id)",
        sentence=gettext_lazy(
            "Both files hold the same policy, and the insurance was asked for its part by both. "
            "They cannot be merged."
        ),
    ),
    Twins(
        "wallets_wallet",
        "patient_id",
        "true",
        theirs_better="mine.last_number = 0",
        spare="{}.last_number = 0",
        sentence=gettext_lazy(
            "Both files have a wallet with entries, and a wallet’s entries never change: "
            "they cannot be merged. Keep both files, and move the money to the one that goes on."
        ),
    ),
)


def settle_twins(merge: PatientMerge) -> None:
    """Set aside of each two rows the one that the other stands for. Raises Refusal where neither may be."""
    for twins in TWINS:
        for row_id in _to_set_aside(twins, merge):
            set_aside(merge, twins.table, "id", row_id)


def _to_set_aside(twins: Twins, merge: PatientMerge) -> list[Any]:
    found = asked(
        "SELECT theirs.id, mine.id, {better}, {theirs_spare}, {mine_spare} FROM {table} theirs, {table} mine "
        "WHERE theirs.{column} = %s AND %s IN ({mine}) AND ({same}) ORDER BY 1",
        [merge.merged_id, merge.into_id],
        table=twins.table,
        column=twins.column,
        mine=sql.SQL("mine.one_id, mine.other_id" if twins.table == PAIRS else f"mine.{twins.column}"),
        better=sql.SQL(twins.theirs_better),
        theirs_spare=sql.SQL(twins.spare.format("theirs")),
        mine_spare=sql.SQL(twins.spare.format("mine")),
        same=sql.SQL(twins.same),
    )
    chosen = {}
    for theirs, mine, theirs_better, theirs_spare, mine_spare in found:
        if not (theirs_spare or mine_spare):
            raise Refusal(twins.sentence)
        takes_mine = mine_spare and (theirs_better or not theirs_spare)
        chosen[mine if takes_mine else theirs] = True
    return list(chosen)
