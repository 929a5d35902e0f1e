"""Build hook: compile the translations and build the scripts of the pages into the package."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT = "src/essgraph/web/static/built"


class PackageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Write a .mo beside every .po; a wheel that is to be passed on has the scripts too."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what is made before the files are gathered."""
        for source in Path(self.root).glob("src/essgraph/web/translations/*/LC_MESSAGES/*.po"):
            with source.open("rb") as stream:
                catalog = read_po(stream)
            with source.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, catalog)
        # An editable install reads the checkout: `make frontend` builds them there when wanted.
        if self.target_name == "wheel" and version != "editable":
            self._build_frontend()

    def _build_frontend(self) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(f"npm is needed to build {_BUILT}, which a wheel holds")
        for words in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *words], cwd=self.root, check=True)  # noqa: S603  # fixed words
