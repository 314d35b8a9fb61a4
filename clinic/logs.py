"""Log lines: one JSON object each, without patient data (ids and verbs only) and without secret links."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# A part of an address that is longer than a key: a token opens what it leads to, also for who reads the log.
SECRET = re.compile(r"(?<=/)[\w:-]{37,}")


def veiled(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The line with the tokens of addresses left out."""
    for part in ("event", "request"):
        if isinstance(line.get(part), str):
            line[part] = SECRET.sub("…", line[part])
    return line


stamp = structlog.processors.TimeStamper(fmt="iso")
FOREIGN = [stamp, structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level, veiled]
renderer = structlog.processors.JSONRenderer()

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        stamp,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        veiled,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def configuration(level: str) -> dict[str, Any]:
    """What Django's LOGGING is: one JSON line each, to the terminal."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "processor": renderer,
                "foreign_pre_chain": FOREIGN,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # It has a level of its own otherwise, and wrote every refusal whatever was asked for.
            "django": {"level": level},
            # It tells at every start of every command which periodic jobs there are.
            "procrastinate": {"level": "WARNING"},
        },
    }
