"""Which files are probably of one person: all likely pairs of a clinic, found in one statement.

Two files are compared if they share a telephone, an e-mail address, a date of birth, or a name where one of
them knows no date of birth. Where many share one of these (a company's telephone, the first of January),
only those are compared whose names begin alike.
"""

from typing import Any, NamedTuple
from uuid import UUID

from accounts.members.models import PatientProfile
from accounts.members.models.member import fold
from accounts.members.services.likeness import ENOUGH, Facts, alike
from clinic.db.current import connection

# More than so many who share a telephone or a birthday are no family: then the names begin alike, too.
CROWD = 12
# So much of a name.
BEGINNING = 3
# From here on it would be a wonder if they were two.
SURE = 100
LIKELY = 80

_PAIRS = """
WITH people AS (
    SELECT m.id, m.given_name, m.search, m.phone, lower(m.email) AS email, p.date_of_birth AS born
    FROM members_patientprofile p JOIN members_member m ON m.id = p.member_id
), by_phone AS (
    SELECT id, phone AS same, search, count(*) OVER (PARTITION BY phone) AS crowd
    FROM people WHERE phone <> ''
), by_email AS (
    SELECT id, email AS same, search, count(*) OVER (PARTITION BY email) AS crowd
    FROM people WHERE email <> ''
), by_birth AS (
    SELECT id, born AS same, search, count(*) OVER (PARTITION BY born) AS crowd
    FROM people WHERE born IS NOT NULL
), found AS (
    SELECT a.id AS one, b.id AS other FROM by_phone a JOIN by_phone b USING (same)
    WHERE a.id < b.id AND (a.crowd <= %(crowd)s OR left(a.search, %(start)s) = left(b.search, %(start)s))
    UNION
    SELECT a.id, b.id FROM by_email a JOIN by_email b USING (same)
    WHERE a.id < b.id AND (a.crowd <= %(crowd)s OR left(a.search, %(start)s) = left(b.search, %(start)s))
    UNION
    SELECT a.id, b.id FROM by_birth a JOIN by_birth b USING (same)
    WHERE a.id < b.id AND (a.crowd <= %(crowd)s OR left(a.search, %(start)s) = left(b.search, %(start)s))
    UNION
    SELECT least(a.id, b.id), greatest(a.id, b.id) FROM people a JOIN people b USING (search)
    WHERE a.born IS NULL AND a.id <> b.id
)
SELECT a.id, a.search, a.given_name, a.born, a.phone, a.email,
    b.id, b.search, b.given_name, b.born, b.phone, b.email
FROM found JOIN people a ON a.id = found.one JOIN people b ON b.id = found.other
WHERE NOT EXISTS (
    SELECT FROM members_distinctpeople d
    WHERE least(d.one_id, d.other_id) = found.one AND greatest(d.one_id, d.other_id) = found.other
)
"""


class Pair(NamedTuple):
    """Two files, how much speaks for their being one person's, and what. The older file comes first."""

    one: Any
    other: Any
    score: int
    reasons: list[Any]

    @property
    def how_likely(self) -> str:
        """`sure`, `likely` or `possible`."""
        return "sure" if self.score >= SURE else "likely" if self.score >= LIKELY else "possible"


def likely_pairs() -> list[Pair]:
    """Every pair of keys that is probably one person and that nobody has told apart, the likeliest first."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"crowd": CROWD, "start": BEGINNING})
        rows = cursor.fetchall()
    compared = ((row[0], row[6], *alike(_facts(row[1:6]), _facts(row[7:12]))) for row in rows)
    found = [Pair(*each) for each in compared if each[2] >= ENOUGH]
    return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))


def _facts(row: tuple[Any, ...]) -> Facts:
    search, given, born, phone, email = row
    return Facts(" ".join(sorted(search.split())), fold(given), born, phone, email)


def with_people(pairs: list[Pair]) -> list[Pair]:
    """The pairs with their files in place of the keys, in one statement."""
    keys: set[UUID] = {key for pair in pairs for key in (pair.one, pair.other)}
    files = PatientProfile.objects.with_people().in_bulk(keys)
    return [Pair(files[pair.one], files[pair.other], pair.score, pair.reasons) for pair in pairs]
