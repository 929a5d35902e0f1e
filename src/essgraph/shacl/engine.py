"""The engine contract, and `validate`: data and shapes in, one report out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from essgraph.errors import ConfigError
from essgraph.shacl import fast, reference, report
from essgraph.shacl.data import Data
from essgraph.shacl.shapes import Shapes, read_shapes
from essgraph.vocab import Names


class Engine(Protocol):
    """Something that checks a data graph against shapes, wholly or not at all.

    Handed shapes with a construct it does not handle, it raises SourceError naming the shape.
    """

    @property
    def name(self) -> str:
        """What a setting or an option calls it."""
        ...

    def validate(self, data: Data, shapes: Shapes) -> list[report.Result]:
        """Every result, in any order."""
        ...


ENGINES: dict[str, Callable[[], Engine]] = {"fast": fast.FastEngine, "pyshacl": reference.PyShacl}


def engine_named(name: str) -> Engine:
    """The engine of that name.

    Raises: ConfigError, naming those there are.
    """
    if name not in ENGINES:
        raise ConfigError(f"shacl_engine: no engine {name!r}; there are: {', '.join(ENGINES)}")
    return ENGINES[name]()


def validate(
    data: Data, shapes_paths: Path | Sequence[Path], engine_name: str, names: Names
) -> report.Report:
    """The report of `data` against shape files, or all shape files of a folder.

    Raises: ConfigError for an unknown engine; SourceError for malformed shapes or a
    construct that the engine does not handle; NotFound for a missing file.
    """
    engine = engine_named(engine_name)
    started = time.perf_counter()
    results = engine.validate(data, read_shapes(shapes_paths, names))
    return report.make(results, engine.name, time.perf_counter() - started)
