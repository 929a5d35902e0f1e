"""Commands: what they print, and the code they end with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from essgraph.cli import main

FIXTURES = Path(__file__).parents[1] / "fixtures"
COMMUNE = "https://w3id.org/essgraph/id/commune/"


@pytest.fixture(name="site")
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small site that the environment points at; returns its folder."""
    for folder in ("data", "ontology"):
        shutil.copytree(FIXTURES / "sources" / folder, tmp_path / folder)
    shutil.copytree(FIXTURES / "build" / "shapes", tmp_path / "shapes")
    for name in ("home", "data", "ontology", "shapes"):
        variable = "ESSGRAPH_HOME" if name == "home" else f"ESSGRAPH_{name.upper()}_DIR"
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one command."""
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    captured = capfd.readouterr()
    return int(ended.value.code or 0), captured.out, captured.err


def test_every_command_explains_itself(capfd: pytest.CaptureFixture[str]) -> None:
    """`--help` on the group and on each command."""
    code, out, _ = _run(capfd, "--help")
    names = [line.split()[0] for line in out.partition("Commands:")[2].splitlines() if line.strip()]

    assert code == 0
    assert {"build", "export", "info", "query", "releases", "rollback", "serve", "validate"} <= set(
        names
    )
    for name in names:
        assert _run(capfd, name, "--help")[0] == 0


def test_build_then_look(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """build, info, releases, query and export work on each other's result."""
    assert _run(capfd, "build")[0] == 0
    assert "is up to date" in _run(capfd, "build", "--if-changed")[1]

    _, info, _ = _run(capfd, "info", "--json")
    _, listed, _ = _run(capfd, "releases", "--json")

    described = json.loads(info)
    assert [row["id"] for row in json.loads(listed)] == [described["id"]]
    assert described["triples"] == sum(described["graphs"].values())
    assert described["id"] in _run(capfd, "info")[1]
    assert described["id"] in _run(capfd, "releases")[1]


def test_query_by_name_by_file_and_its_formats(
    site: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A saved query, a file, a parameter; results as table and as data."""
    _run(capfd, "build")
    file = site / "labels.rq"
    file.write_text(
        "#+ title@fr: Libellé\n#+ title@en: Label\n#+ columns: label\n"
        "SELECT ?label WHERE {\n"
        f"  <{COMMUNE}01999> <http://www.w3.org/2000/01/rdf-schema#label> ?label .\n}}\n",
        "utf-8",
    )

    listing = _run(capfd, "query")[1]
    table = _run(capfd, "query", "labels.rq")[1]
    code, data, _ = _run(capfd, "query", str(file), "--format", "json")

    assert "initiatives-of-region" in listing
    assert code == 0
    found = [row["label"]["value"] for row in json.loads(data)["results"]["bindings"]]
    assert found
    assert all(label in table for label in found)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mayors-presiding-epci", "needs the layer 'officials', which this release does not have"),
        ("territory-at-point", "run `essgraph fetch boundaries`"),
        ("communes-near", ""),
    ],
)
def test_a_layer_that_the_release_lacks_is_told(
    site: Path, capfd: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    """Why there are no rows goes to standard error; the answer is as it would be."""
    _run(capfd, "build")

    code, out, err = _run(capfd, "query", name, "--format", "csv")

    assert code == 0
    assert out
    assert said in err
    assert bool(err) == bool(said)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("info",), 69, "run `essgraph build` first"),
        (("rollback",), 69, "run `essgraph build` first"),
        (("query", "nothing"), 66, "no saved query 'nothing'"),
        (("query", "mandates-of-person", "--param", "person"), 65, "write NAME=VALUE"),
        (("query", "mandates-of-person", "--param", "persn=x"), 65, "persn"),
        (("query", "missing.rq"), 66, "missing.rq"),
        (("validate", "missing.ttl"), 66, "missing.ttl"),
        (("export", "--format", "nt"), 2, "--graph"),
        (("build", "--engine", "quick"), 78, "no engine 'quick'; there are: fast, pyshacl"),
        (("build", "--with", "elus"), 78, "'elus' is none of officials, boundaries"),
        (("build", "--with", "officials"), 65, "run `essgraph fetch officials` first"),
        (("fly",), 2, "fly"),
    ],
)
def test_a_wrong_call_is_told_why(
    site: Path,
    capfd: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    """One line on stderr, no traceback, the exit code of the convention."""
    ended, _, err = _run(capfd, *arguments)

    assert ended == code
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bad.ttl", "<https://a.example/s> <p q> 1 .\n", "bad.ttl:1:"),
        (
            "bad.rq",
            "#+ title@fr: x\n#+ title@en: x\n#+ columns: s\nSELECT ?s WHERE { ?s }",
            "bad.rq:4:23: near 'SELECT ?s WHERE { ?s }'",
        ),
    ],
)
def test_a_malformed_file_is_named_with_line_and_column(
    site: Path, capfd: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    """File, line, column, offending text; exit 65."""
    (site / name).write_text(text, "utf-8")
    command = "validate" if name.endswith("ttl") else "query"

    code, _, err = _run(capfd, command, name)

    assert code == 65
    assert name in err
    assert said in err


def test_a_refused_build_explains_in_french(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Exit 1, the sentences on stderr, nothing published."""
    (site / "data" / "collection" / "cassee.ttl").write_text(
        f"<{COMMUNE[:-8]}initiative/x> a <https://w3id.org/essgraph/ontology#Initiative> ;\n"
        '    <https://w3id.org/essgraph/ontology#sector> "énergie" .\n',
        "utf-8",
    )

    code, _, err = _run(capfd, "build")

    assert code == 1
    assert "Un secteur est un concept de la nomenclature." in err
    assert "cassee.ttl:1" in err
    assert _run(capfd, "info")[0] == 69


def test_a_query_prints_no_broken_xml(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What XML cannot carry is refused, as over HTTP, and no part of the answer is printed."""
    _run(capfd, "build")
    (site / "odd.rq").write_text('SELECT ("a\\u0001b" AS ?x) {}', "utf-8")

    code, out, err = _run(capfd, "query", "odd.rq", "--format", "xml")

    assert (code, out) == (65, "")
    assert "Not acceptable" in err


def test_export_is_the_whole_graph(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As many triples as the manifest counts, in the graphs it names; a file is written whole."""
    _run(capfd, "build")
    counts = json.loads(_run(capfd, "info", "--json")[1])

    _run(capfd, "export", "-o", "all.nq")
    _run(capfd, "export", "--graph", "territories", "--format", "ttl", "-o", "territories.ttl")

    quads = list(parse(path=site / "all.nq", format=RdfFormat.N_QUADS))
    territories = list(parse(path=site / "territories.ttl", format=RdfFormat.TURTLE))
    assert len(quads) == counts["triples"]
    assert len(territories) == counts["graphs"]["territories"]
    assert not list(site.glob(".*"))


def test_export_respects_what_stands_there(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A link is followed, a pipe is written to, a folder is refused, and none is replaced."""
    _run(capfd, "build")
    (site / "real.nq").write_text("old", "utf-8")
    (site / "link.nq").symlink_to("real.nq")
    os.mkfifo(site / "pipe")
    reader = subprocess.Popen(["cat", site / "pipe"], stdout=subprocess.PIPE)

    assert _run(capfd, "export", "-o", "link.nq")[0] == 0
    assert _run(capfd, "export", "-o", "pipe")[0] == 0
    code, _, err = _run(capfd, "export", "-o", "data")

    piped, _ = reader.communicate(timeout=60)
    assert piped == (site / "real.nq").read_bytes() != b"old"
    assert (site / "link.nq").is_symlink()
    assert (site / "pipe").is_fifo()
    assert code == 69
    assert "data cannot be written" in err


def test_a_rollback_is_mentioned_when_nothing_is_built(
    site: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is up to date is not what is served: both are named, and the way forward."""
    _run(capfd, "build")
    _run(capfd, "build")
    _run(capfd, "rollback")

    _, out, _ = _run(capfd, "build", "--if-changed")

    assert "is up to date" in out
    assert "is served, since a rollback chose it; `essgraph rollback " in out


def test_export_into_a_closed_pipe_ends_quietly(site: Path) -> None:
    """`essgraph export | head -1` prints one line and no complaint."""
    script = "from essgraph.cli import main; main(%r)"
    subprocess.run([sys.executable, "-c", script % ["build"]], check=True, capture_output=True)
    process = subprocess.Popen(
        [sys.executable, "-c", script % ["export"]], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.close()

    _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (141, b"")


def test_control_c_says_that_nothing_was_published(site: Path) -> None:
    """A build that is interrupted ends with 130, and the next one works."""
    script = "from essgraph.cli import main; main(['build'])"
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", f"print('ready', flush=True); {script}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    staging = site / "home" / "staging"
    while process.poll() is None and not staging.exists():
        pass
    process.send_signal(signal.SIGINT)

    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "interrupted; nothing was published" in err
    assert not staging.exists()
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
