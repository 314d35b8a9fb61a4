"""Whether the trail is what was written: the chain folded again, and its heads kept outside the database."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit.models import AuditEvent
from clinic.db.current import connection

# The hash is what the database's own `audit_hash` computes (migration 0002), written out once more: whoever
# replaces that function convinces nobody.
# Values are taken out of entries of a person who was erased: then an entry has to be what the redaction left,
# whose hashes are themselves an entry of the chain (migration 0003).
_FOLD = """
WITH redacted AS (
    SELECT DISTINCT ON (r.key) r.key::bigint AS entry, r.value AS rest
    FROM audit_auditevent a CROSS JOIN LATERAL jsonb_each_text(a.new -> 'entries') r
    WHERE a.table_name = 'audit_redaction' AND a.action = 'insert' AND r.key::bigint < a.id
    ORDER BY r.key, a.id DESC
)
SELECT id, before, hash = computed OR coalesce(rest = computed, false), prev_hash = last
FROM (
    SELECT id, hash, prev_hash,
        encode(sha256(convert_to(jsonb_build_array(
            prev_hash, id, extract(epoch FROM at), action, table_name, row_id, patient_id, old, new,
            actor_id, actor_label, ip, user_agent, reason)::text, 'UTF8')), 'hex') AS computed,
        coalesce(lag(id) OVER chain, 0) AS before, coalesce(lag(hash) OVER chain, '') AS last
    FROM audit_auditevent WINDOW chain AS (ORDER BY id)
) entries LEFT JOIN redacted ON entry = id
WHERE (hash <> computed AND rest IS DISTINCT FROM computed) OR prev_hash <> last OR id <> before + 1
ORDER BY id
"""
# Of a gap in the numbers, so many are named.
NAMED = 1000


class Head(NamedTuple):
    """The last entry of a trail at some moment: all before it is fixed by its hash."""

    id: int
    hash: str


class Broken(NamedTuple):
    """An entry that is not what was written, and why."""

    id: int
    problem: str


def broken_entries(heads: Iterable[Head] = (), cursor: Any = None) -> list[Broken]:
    """Every entry of this schema's trail that was changed, taken out or put in; [] when the chain holds.

    `heads`: what was written down outside the database; they tell when the end was cut off, or all of it
    computed anew. `cursor`: of another connection, which has the schema as its path.
    """
    if cursor is not None:
        return list(_broken(cursor, heads))
    with connection.cursor() as own:
        return list(_broken(own, heads))


def _broken(cursor: Any, heads: Iterable[Head]) -> Iterator[Broken]:
    cursor.execute(_FOLD)
    for number, before, holds, follows in cursor.fetchall():
        for missing in range(before + 1, number)[:NAMED]:
            yield Broken(missing, _("is missing"))
        if not holds:
            yield Broken(number, _("was changed"))
        elif not follows:
            yield Broken(number, _("does not follow the entry before it"))
    noted = list(heads)
    # Years of them: asked for together.
    cursor.execute("SELECT id, hash FROM audit_auditevent WHERE id = ANY(%s)", [[head.id for head in noted]])
    stored = dict(cursor.fetchall())
    for head in noted:
        if stored.get(head.id) != head.hash:
            yield Broken(head.id, _("is not the one whose hash was written down"))


def write_head_down() -> None:
    """Append the head of this clinic's trail to a file: from now on nothing before it changes unseen."""
    head = AuditEvent.objects.order_by("-id").values_list("id", "hash").first()
    if head is None or head in heads_written_down():
        return
    file_of_heads = heads_of(connection.schema_name)
    file_of_heads.parent.mkdir(parents=True, exist_ok=True)
    with file_of_heads.open("a", encoding="ascii") as file:
        file.write(f"{timezone.now().isoformat()} {head[0]} {head[1]}\n")


def heads_written_down() -> list[Head]:
    """What was written down of this clinic's trail, oldest first."""
    written = heads_of(connection.schema_name)
    return heads_in(written.read_text(encoding="ascii")) if written.exists() else []


def heads_in(text: str) -> list[Head]:
    """The heads of such a file."""
    lines = (line.split() for line in text.splitlines())
    return [Head(int(number), digest) for _at, number, digest in lines]


def heads_of(schema: str) -> Path:
    """Where it is written down how far the schema's trail has come."""
    return Path(settings.DATA_DIR) / "audit" / f"{schema}.heads"
