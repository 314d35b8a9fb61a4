"""What the database lets an erasure do: the rooms' declarations and the times to keep, as the owner tells it.

A clinic's role enters the steps of an erasure (migration 0002), and they run as the owner. So the database
asks nobody but this function which table, way to the patient, columns and moment there are.
"""

import json
from typing import Any

from psycopg import sql

from clinic.erasure.retention import DEFAULT, LAWS
from clinic.erasure.services.planning import is_dated
from clinic.erasure.table import ACCOUNTS, CLINICAL, OF_THE_TRAIL, PHASES, fates

_RULES = """
CREATE OR REPLACE FUNCTION public.erasure_rules() RETURNS jsonb LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog AS {body}
"""
# A function of its own, so that tests of time need not wait for years.
_TODAY = """
CREATE OR REPLACE FUNCTION public.erasure_today(zone text) RETURNS date LANGUAGE sql STABLE
SET search_path = pg_catalog AS 'SELECT (now() AT TIME ZONE zone)::date'
"""
_INSTALL = (
    *(_RULES, "REVOKE ALL ON FUNCTION public.erasure_rules() FROM PUBLIC"),
    *(_TODAY, "REVOKE ALL ON FUNCTION public.erasure_today(text) FROM PUBLIC"),
)


def rules() -> dict[str, Any]:
    """Every step there is, which rows say until when a kind is kept, and the laws."""
    steps = [list(fate.step_in(phase)) for fate in fates() for phase in PHASES if fate.acts_in(phase)]
    dated = {
        kind: [[fate.table, fate.path] for fate in fates() if fate.kind == kind and is_dated(fate)]
        for kind in (CLINICAL, ACCOUNTS)
    }
    laws = {
        kind: {
            country: {"years": rule.years, "age": rule.until_age}
            for country, rule in [("", DEFAULT[kind]), *LAWS[kind].items()]
        }
        for kind in (CLINICAL, ACCOUNTS)
    }
    return {"steps": [list(OF_THE_TRAIL), *steps], "dated": dated, "laws": laws}


def install(cursor: Any) -> None:
    """Tell the database, as the owner, after every migration of the public schema."""
    body = sql.Literal(f"SELECT {sql.Literal(json.dumps(rules())).as_string(None)}::jsonb")
    for statement in _INSTALL:
        cursor.execute(sql.SQL(statement).format(body=body).as_string(None))
