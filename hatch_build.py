"""Build hook: compile the translation catalogues (.po -> .mo) into the package."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TranslationsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Write a .mo beside every .po."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are gathered."""
        for source in Path(self.root).glob("src/essgraph/web/translations/*/LC_MESSAGES/*.po"):
            with source.open("rb") as stream:
                catalog = read_po(stream)
            with source.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, catalog)
