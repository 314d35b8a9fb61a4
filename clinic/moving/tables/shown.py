"""What was found out of a table, kept beside its file until it is brought in or put away."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from clinic.moving import files
from clinic.moving.journal import fingerprint
from clinic.moving.models import ImportRun
from clinic.moving.tables.plan import Outcome, Planned, comes, is_rehearsed, plan_of, sheet_of, taker_of
from clinic.moving.tables.taker import Problem

PLAN = "plan"
# So many cells of each column are shown beside its head.
EXAMPLES = 3
# A row is recognised by so many of its first facts.
TITLE = 3
# The tab of rows that were brought in before and now read otherwise.
DIFFERS = "differs"


class Line(NamedTuple):
    """A row as a page shows it."""

    line: int
    title: str
    outcome: str
    problems: list[list[str]]
    alike: dict[str, Any] | None
    differs: list[list[str]]
    comes: bool


class Shown(NamedTuple):
    """A plan as pages show it. `heads`: each column's head with examples of its cells."""

    lines: list[Line]
    heads: list[dict[str, Any]]
    said: list[str]
    counts: dict[str, int]

    @property
    def problems(self) -> list[tuple[int, str, str, str]]:
        """Every problem: line, column, sentence, and what the row says."""
        return [
            (line.line, column, sentence, line.title)
            for line in self.lines
            for column, sentence in line.problems
        ]


def look(run: ImportRun, tell: Callable[[int], None] = lambda done: None) -> dict[str, Any]:
    """Read the table, find out what it would do, and keep that. Raises Refusal."""
    sheet = sheet_of(run)
    labels = {column.name: str(column.label) for column in taker_of(run).columns}
    heads = [
        {"head": head, "examples": [cell for cell in sheet.column(place) if cell][:EXAMPLES]}
        for place, head in enumerate(sheet.heads)
    ]
    plan = {
        "heads": heads,
        "rows": [_row(row, labels) for row in plan_of(run, sheet, taker_of(run)(), tell)],
    }
    files.keep(run, json.dumps(plan).encode(), _name(run))
    return plan


def is_looked_at(run: ImportRun) -> bool:
    """Whether it is found out what the table would do, by what was chosen last."""
    return files.is_kept(run, _name(run))


def shown(run: ImportRun) -> Shown:
    """What was found out, by what was decided since."""
    plan = json.loads(files.content_of(run, _name(run))) if is_looked_at(run) else look(run)
    lines = [_line(row, run.decisions) for row in plan["rows"]]
    counts = {str(outcome): 0 for outcome in Outcome} | {"comes": sum(line.comes for line in lines)}
    for line in lines:
        counts[line.outcome] += 1
    counts[DIFFERS] = sum(bool(line.differs) for line in lines)
    return Shown(lines, plan["heads"], run.format.get("said", []), counts)


def outcomes(rows: list[Planned]) -> list[list[Any]]:
    """What becomes of each row, for a later look to compare."""
    return [[row.line, str(row.outcome)] for row in rows]


def promised(run: ImportRun) -> list[list[Any]]:
    """What was shown to become of each row."""
    return [[line.line, line.outcome] for line in shown(run).lines]


def _name(run: ImportRun) -> str:
    """Under which name a plan is kept: another one for whatever else is chosen."""
    chosen = [run.format, run.mapping]
    if is_rehearsed(taker_of(run)):
        chosen.append(run.decisions.get("rows"))
    return f"{PLAN}-{fingerprint(json.dumps(chosen, sort_keys=True))}"


def _row(row: Planned, labels: dict[str, str]) -> dict[str, Any]:
    alike = row.alike
    return {
        "line": row.line,
        "title": " · ".join(str(value) for value in list(row.facts.values())[:TITLE]),
        "outcome": str(row.outcome),
        "problems": _told(row.problems, labels),
        "differs": _told(row.differs, labels),
        "alike": alike
        and {
            "label": alike.label,
            "score": alike.score,
            "reasons": [str(reason) for reason in alike.reasons],
            "sure": alike.sure,
        },
    }


def _told(problems: list[Problem], labels: dict[str, str]) -> list[list[str]]:
    return [[labels.get(problem.column, ""), str(problem.sentence)] for problem in problems]


def _line(row: dict[str, Any], decisions: dict[str, Any]) -> Line:
    is_sure = bool(row["alike"] and row["alike"]["sure"])
    return Line(**row, comes=comes(row["outcome"], row["line"], is_sure, decisions))
