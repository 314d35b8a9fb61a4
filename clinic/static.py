"""Static files under names that change with what they hold."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class RememberingStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which makes each address once: a page asks for fifteen, always the same ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._addresses: dict[tuple[str, bool], str] = {}
        super().__init__(*args, **kwargs)

    def url(self, name: str, force: bool = False) -> str:
        """The address of a file. Raises ValueError when it has not been collected."""
        key = (name, force)
        if key not in self._addresses:
            self._addresses[key] = super().url(name, force)
        return self._addresses[key]

    def save_manifest(self) -> None:
        """Files were collected: they may have other names now."""
        super().save_manifest()
        self._addresses.clear()
