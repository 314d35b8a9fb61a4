"""Log lines: one JSON object each, without patient data (ids and verbs only)."""

import structlog

stamp = structlog.processors.TimeStamper(fmt="iso")
FOREIGN = [stamp, structlog.stdlib.add_logger_name, structlog.stdlib.add_log_level]
renderer = structlog.processors.JSONRenderer()

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        stamp,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
