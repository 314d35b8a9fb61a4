"""The pages of moving in."""

from clinic.moving.views.runs import discard_import, import_list, import_run, progress, undo_import
from clinic.moving.views.tables import (
    change_shape,
    decide_row,
    map_columns,
    preview_import,
    problem_file,
    start_table,
    template_file,
    upload_table,
)

__all__ = [
    "change_shape",
    "decide_row",
    "discard_import",
    "import_list",
    "import_run",
    "map_columns",
    "preview_import",
    "problem_file",
    "progress",
    "start_table",
    "template_file",
    "undo_import",
    "upload_table",
]
