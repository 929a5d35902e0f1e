"""What a release is made from, and whether one is up to date."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from essgraph import __version__, journal, manifest, queries, sources
from essgraph.config import Settings
from essgraph.errors import StoreUnavailable
from essgraph.releases import Release, Releases

_PACKAGE = Path(__file__).parent
_APART = ("web", "cli", "explain", "federation", "writes", "tokens.py", "updates.py")
"""Code that no build runs."""
_CONVERTING = ("code/sources/", "code/vocab.py", "library/pyoxigraph", "base_iri")
"""What the text of a layer depends on besides its files."""


def fingerprint(settings: Settings) -> dict[str, str]:
    """What a release depends on: each input's SHA-256, our code and the base IRI included.

    Raises: StoreUnavailable if an input cannot be read.
    """
    paths = {path for layer in sources.chosen(settings).values() for path in layer.inputs(settings)}
    paths |= set(settings.shapes_dir.glob("*.ttl"))
    found = {"base_iri": settings.base_iri, "version": __version__}
    for name in manifest.LIBRARIES:
        found[f"library/{name}"] = version(name)
    try:
        for path in sorted(paths):
            name, digest = manifest.digest(path, _root(settings, path))
            found[name] = digest
        for path in sorted(_PACKAGE.rglob("*.py")):
            part = path.relative_to(_PACKAGE)
            if part.parts[0] not in _APART:
                found[f"code/{part}"] = sha256(path.read_bytes()).hexdigest()
        for path in queries.app_files():
            found[f"code/queries/{path.name}"] = sha256(path.read_bytes()).hexdigest()
        return found | journal.digests(settings.home)
    except OSError as error:
        raise StoreUnavailable(f"input cannot be read: {error}") from error


def layers(settings: Settings, made_from: Mapping[str, str]) -> dict[str, str]:
    """A digest of what each layer to build is converted from, of the fingerprint of a build."""
    shared = {name: made_from[name] for name in made_from if name.startswith(_CONVERTING)}
    found = {}
    for layer, made in sources.chosen(settings).items():
        names = (manifest.name(path, _root(settings, path)) for path in made.inputs(settings))
        told = shared | {name: made_from[name] for name in names}
        found[layer] = sha256(repr(sorted(told.items())).encode()).hexdigest()[:32]
    return found


def _root(settings: Settings, path: Path) -> Path:
    """The folder that an input is named by."""
    roots = (settings.ontology_dir, settings.shapes_dir, settings.data_dir, settings.fetched_dir)
    return next((root for root in roots if path.is_relative_to(root)), path.parent)


def up_to_date(settings: Settings) -> Release | None:
    """The release made from the present inputs, if it is the one served.

    A rollback stays: what counts then is the newest release, not the older one chosen, and
    what the rollback undid is no change of the inputs.
    """
    releases = Releases(settings.home)
    pinned = releases.pinned()
    release = releases.kept()[-1] if pinned else releases.current()
    if release is None:
        return None
    ignored = {"journal/undone"} if pinned else set()
    then, now = release.manifest["inputs"], fingerprint(settings)
    same = all(then.get(name) == now.get(name) for name in (then.keys() | now.keys()) - ignored)
    return release if same else None
