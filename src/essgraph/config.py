"""Settings: defaults, then `essgraph.toml`, then environment variables `ESSGRAPH_*`.

Alone reads the environment. Passed in, never a global.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from essgraph.errors import ConfigError
from essgraph.vocab import DEFAULT_BASE, Names

_BUNDLE = Path(__file__).parent / "_bundle"
_CHECKOUT = Path(__file__).parents[2]
_LEAST = {
    "federation_timeout_s": 1,
    "workers": 1,
    "threads": 1,
    "keep_releases": 1,
    "page_size": 1,
    "links_per_property": 1,
    "query_processes": 1,
    "query_timeout_s": 1,
    "query_timeout_max_s": 1,
    "query_timeout_token_s": 1,
    "query_memory_mb": 1,
    "max_body_bytes": 1,
    "write_timeout_s": 1,
    "write_memory_mb": 1,
    "max_result_rows": 0,
    "max_result_bytes": 0,
    "query_queue": 0,
    "result_cache_mb": 0,
    "trusted_proxies": 0,
}

MAP_TILES = ("", "ign", "osm")
"""What may be drawn behind a map besides our own outlines; "" is nothing, from no other host."""


def _bundled(folder: str) -> Path:
    """The folder inside the wheel, or beside `src/` in a checkout."""
    root = _BUNDLE if _BUNDLE.is_dir() else _CHECKOUT
    return root / folder


@dataclass(frozen=True)
class Settings:
    """What an operator may set; every field is documented in docs/reference/settings.md."""

    home: Path = Path("var")
    base_iri: str = DEFAULT_BASE
    host: str = "127.0.0.1"
    port: int = 5000
    workers: int = 2
    threads: int = 4
    keep_releases: int = 5
    shacl_engine: str = "fast"
    page_size: int = 50
    links_per_property: int = 20
    max_result_rows: int = 100_000
    max_result_bytes: int = 16_000_000
    max_body_bytes: int = 16_000_000
    query_processes: int = 3
    query_queue: int = 16
    query_timeout_s: int = 10
    query_timeout_max_s: int = 60
    query_timeout_token_s: int = 600
    query_memory_mb: int = 1024
    result_cache_mb: int = 64
    rate_limit: str = ""
    trusted_proxies: int = 0
    write_wait_s: int = 10
    write_timeout_s: int = 30
    write_memory_mb: int = 4096
    writable_graphs: str = ""
    with_layers: tuple[str, ...] = ()
    service_allowed: tuple[str, ...] = ()
    load_allowed: tuple[str, ...] = ()
    federation_timeout_s: int = 8
    map_tiles: str = ""
    store_url: str = ""
    store_union_parameter: str = ""
    ontology_dir: Path = field(default_factory=lambda: _bundled("ontology"))
    shapes_dir: Path = field(default_factory=lambda: _bundled("shapes"))
    queries_dir: Path = field(default_factory=lambda: _bundled("queries"))
    data_dir: Path = field(default_factory=lambda: _bundled("data"))

    def __post_init__(self) -> None:
        _check_address("base_iri", self.base_iri)
        if not self.base_iri.endswith("/") or "?" in self.base_iri or "#" in self.base_iri:
            raise ConfigError(f"base_iri: {self.base_iri!r} must be a plain IRI that ends in '/'")
        for name in ("service_allowed", "load_allowed"):
            for address in getattr(self, name):
                _check_address(name, address)
                if "@" in urlsplit(address).netloc or "#" in address:
                    raise ConfigError(f"{name}: {address!r} has a password or a #")
        if self.map_tiles not in MAP_TILES:
            known = ", ".join(MAP_TILES[1:])
            raise ConfigError(f"map_tiles: {self.map_tiles!r} is neither empty nor one of {known}")
        if self.store_url:
            _check_address("store_url", self.store_url)
        if not 0 <= self.port <= 65535:
            raise ConfigError(f"port: {self.port} is not between 0 and 65535")
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ConfigError(f"{name}: {getattr(self, name)} is less than {least}")

    @property
    def fetched_dir(self) -> Path:
        """Where `essgraph fetch` keeps what a layer outside `data_dir` is made of, by layer."""
        return self.home / "fetched"

    @property
    def names(self) -> Names:
        """IRIs under the base IRI of these settings."""
        return Names(self.base_iri)


def load(
    environ: Mapping[str, str] | None = None, file: Path | None = None, **overrides: Any
) -> Settings:
    """Settings of this process; `overrides` (command-line options) win, None is ignored.

    Raises: ConfigError for an unknown key or a value of the wrong type, naming its place.
    """
    environ = os.environ if environ is None else environ
    chosen: dict[str, Any] = {}
    path = file or Path(environ.get("ESSGRAPH_CONFIG", "essgraph.toml"))
    if path.is_file():
        try:
            content = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: {error}") from error
        chosen.update({key: (value, str(path)) for key, value in content.items()})
    elif file is not None or "ESSGRAPH_CONFIG" in environ:
        raise ConfigError(f"{path}: no such file")
    for variable, value in environ.items():
        if variable.startswith("ESSGRAPH_") and variable != "ESSGRAPH_CONFIG":
            chosen[variable.removeprefix("ESSGRAPH_").lower()] = (value, variable)
    for key, value in overrides.items():
        if value is not None:
            chosen[key] = (value, "command line")
    return replace(Settings(), **{k: _typed(k, v, where) for k, (v, where) in chosen.items()})


def _typed(key: str, value: Any, where: str) -> Any:
    kinds = {f.name: f.type for f in fields(Settings)}
    if key not in kinds:
        known = ", ".join(sorted(kinds))
        raise ConfigError(f"{where}: unknown setting {key!r}; the settings are {known}")
    kind = kinds[key]
    if kind == "int":
        if isinstance(value, str):
            try:
                return int(value)
            except ValueError as error:
                raise ConfigError(f"{where}: {key} = {value!r} is not a whole number") from error
        if type(value) is not int:  # true is an int too
            raise ConfigError(f"{where}: {key} = {value!r} is not a whole number")
        return value
    if kind == "tuple[str, ...]":
        if isinstance(value, str):
            return tuple(value.split())
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise ConfigError(f"{where}: {key} = {value!r} is not a list of texts")
        return tuple(value)
    if kind == "Path" and isinstance(value, str | Path):
        return Path(value)
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {key} = {value!r} is not text")
    return value


def _check_address(key: str, value: str) -> None:
    try:
        parts = urlsplit(NamedNode(value).value)
    except ValueError as error:
        raise ConfigError(f"{key}: {value!r} is not an http(s) IRI: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ConfigError(f"{key}: {value!r} is not an http(s) IRI")
