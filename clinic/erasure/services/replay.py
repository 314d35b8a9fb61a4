"""After a restore: what was erased since the backup is erased again."""

from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from django.db import connections, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from clinic.erasure.services.planning import keeping_of
from clinic.erasure.services.steps import carry_out, pseudonym_of
from clinic.erasure.table import ACCOUNTS, CLINICAL, IDENTITY, PHASES


class ErasureEntry(Protocol):
    """A line of the public ledger (tenants.Erasure), or of the file that travels with a backup."""

    patient: UUID
    what: str


REASON = "Erased before; carried out again after a backup was restored."
GONE = {
    CLINICAL: "UPDATE erasure_erasure SET clinical_until = NULL WHERE id = %s",
    ACCOUNTS: "UPDATE erasure_erasure SET accounts_until = NULL WHERE id = %s",
}
# The entry of the other phases may be missing from an older ledger's file: the identity goes in any case.
_OPEN = (
    "INSERT INTO erasure_erasure (id, created_at, patient_id, pseudonym, reason, status, clinical_until, "
    "accounts_until) SELECT %s, now(), m.id, %s, %s, 'pseudonymised', %s, %s FROM members_member m "
    "WHERE m.id = %s ON CONFLICT (patient_id) DO NOTHING"
)


def apply_erasures(entries: Iterable[ErasureEntry], *, using: str = "default") -> int:
    """Carry out again what `entries` say was erased, in the schema that the connection `using` stands in.

    In the caller's transaction; whoever restores calls it before anybody is let in. A patient whom the backup
    does not know (registered later) is passed over. Answers how many steps were carried out. Done twice it
    changes nothing.
    """
    done = 0
    asked: dict[str, set[str]] = {}
    for entry in entries:
        asked.setdefault(str(entry.patient), set()).add(str(entry.what))
    for patient_id, phases in asked.items():
        with transaction.atomic(using=using):
            done += _again(patient_id, phases | {IDENTITY}, using)
    return done


def _again(patient_id: str, phases: set[str], using: str) -> int:
    until = keeping_of(patient_id, using=using)
    kept = [None if kind in phases else until[kind] for kind in (CLINICAL, ACCOUNTS)]
    with connections[using].cursor() as cursor:
        facts = [str(uuid7()), pseudonym_of(patient_id), REASON, *kept, patient_id]
        cursor.execute(_OPEN, facts)
        cursor.execute("SELECT id, status FROM erasure_erasure WHERE patient_id = %s", [patient_id])
        found = cursor.fetchone()
    if found is None or found[1] == "complete":
        return 0
    for phase in PHASES:
        if phase in phases:
            carry_out(found[0], patient_id, phase, using=using)
    _note(found[0], phases, using)
    return len(phases)


def _note(erasure_id: Any, phases: set[str], using: str) -> None:
    """What is gone is not kept until any day; when nothing is, the erasure is complete."""
    with connections[using].cursor() as cursor:
        for kind in phases & {CLINICAL, ACCOUNTS}:
            cursor.execute(GONE[kind], [erasure_id])
        cursor.execute(
            "UPDATE erasure_erasure SET status = 'complete', completed_at = %s "
            "WHERE id = %s AND clinical_until IS NULL AND accounts_until IS NULL",
            [timezone.now(), erasure_id],
        )
