"""Which files a backup must hold, and whether they are what was stored."""

from collections.abc import Iterator

from records.documents import storage
from records.documents.models.file import EXTENSIONS
from tenants.backup.table import names_files, proves

# As `StoredFile.place` and `thumbnail_place` have it.
PLACES = """
SELECT right(id::text, 2) || '/' || id || '.' || CASE media_type {} END, sha256 FROM {}
UNION ALL
SELECT right(id::text, 2) || '/' || id || '.small.webp', thumbnail_sha256 FROM {} WHERE thumbnail_sha256 <> ''
"""
ENDINGS = " ".join(f"WHEN '{kind}' THEN '{ending}'" for kind, ending in EXTENSIONS.items())

for _model in storage.kinds():
    names_files(PLACES.format(ENDINGS, _model._meta.db_table, _model._meta.db_table))


@proves
def files_are_what_was_stored() -> Iterator[str]:
    """Every file that a row names lies there unchanged."""
    yield from storage.problems()
