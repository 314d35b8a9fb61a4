"""The address of a static file is made once, and again when files were collected anew."""

from pathlib import Path

import pytest

from clinic.static import RememberingStorage


def test_an_address_is_remembered_until_files_are_collected(tmp_path: Path) -> None:
    storage = RememberingStorage(location=tmp_path, base_url="/static/")
    storage.hashed_files = {"a.css": "a.1.css"}
    assert storage.url("a.css") == "/static/a.1.css"
    storage.hashed_files = {"a.css": "a.2.css"}
    assert storage.url("a.css") == "/static/a.1.css"
    storage.save_manifest()
    assert storage.url("a.css") == "/static/a.2.css"


def test_what_was_not_collected_is_said_every_time(tmp_path: Path) -> None:
    storage = RememberingStorage(location=tmp_path, base_url="/static/")
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            storage.url("nothing.css")
