"""Files of these tests go to a folder of their own."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    """Where the files of a test lie."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
