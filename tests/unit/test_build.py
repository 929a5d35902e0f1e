"""A build: all or nothing, whatever breaks and whenever."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from essgraph import build, examples, inputs
from essgraph.config import Settings
from essgraph.errors import ConfigError, EssgraphError, SourceError, StoreUnavailable
from essgraph.releases import Releases
from essgraph.store.embedded import EmbeddedStore

FIXTURES = Path(__file__).parents[1] / "fixtures"
KILLS = 20

BROKEN_INITIATIVE = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .

<https://w3id.org/essgraph/id/initiative/cassee>
    a ess:Initiative ;
    rdfs:label "Initiative cassée"@fr ;
    ess:sector "énergie" .
"""

NAMESAKE = """
@prefix foaf: <http://xmlns.com/foaf/0.1/> .

<https://w3id.org/essgraph/id/person/zoe-durand>
    foaf:givenName "Zoé" ;
    foaf:familyName "Durand" .
"""


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    """A small site of its own: data, ontology, shapes, a home without a release.

    It has no saved queries, each of which a build would run, in a process that takes a second.
    """
    for folder in ("data", "ontology"):
        shutil.copytree(FIXTURES / "sources" / folder, tmp_path / folder)
    shutil.copytree(FIXTURES / "build" / "shapes", tmp_path / "shapes")
    return Settings(
        home=tmp_path / "home",
        data_dir=tmp_path / "data",
        ontology_dir=tmp_path / "ontology",
        shapes_dir=tmp_path / "shapes",
        queries_dir=tmp_path / "queries",
    )


def test_a_build_publishes_a_whole_release(settings: Settings) -> None:
    """Store, index, report, description and manifest, and they agree."""
    release = build.build(settings)

    assert Releases(settings.home).current() == release
    assert sorted(path.name for path in release.path.iterdir()) == [
        "data",
        "description.ttl",
        "examples.json",
        "manifest.json",
        "report.json",
        "report.sqlite",
        "report.ttl",
        "search.sqlite",
        "store",
    ]
    store = EmbeddedStore.open(release.store_path)
    for layer, amount in release.manifest["graphs"].items():
        assert store.size(settings.names.graph(layer)) == amount > 0
    assert release.manifest["validation"]["violations"] == 0
    assert set(release.manifest["durations_s"]) == {*build.PHASES, "total"} - {"publish"}
    assert list(parse(path=release.path / "description.ttl", format=RdfFormat.TURTLE))


class _Heard:
    """What a build told of its course."""

    def __init__(self) -> None:
        self.phases: list[tuple[str, bool]] = []
        self.triples = dict.fromkeys(build.PHASES, 0)

    def phase(self, name: str, seconds: float | None) -> None:
        self.phases.append((name, seconds is None))

    def moved(self, name: str, triples: int) -> None:
        self.triples[name] += triples


def test_every_phase_and_triple_is_told_of(settings: Settings) -> None:
    """Each phase begins and ends once, so that a bar reaches its end; so do the triples."""
    heard = _Heard()

    release = build.build(settings, heard)

    both = sorted((phase, start) for phase in build.PHASES for start in (False, True))
    assert sorted(heard.phases) == both
    told = release.manifest["triples"] - release.manifest["graphs"]["meta"]
    assert heard.triples["convert"] == heard.triples["load"] == told > 0
    assert build.build(settings, again := _Heard()).manifest["triples"] > told
    assert again.triples == heard.triples


def _inodes(folder: Path) -> dict[str, int]:
    return {path.stem.partition("-")[0]: path.stat().st_ino for path in folder.glob("*.nt")}


def test_a_layer_is_converted_once(settings: Settings) -> None:
    """Releases share its file until what it is made of changes; what none holds is deleted."""
    few = replace(settings, keep_releases=1)
    first = build.build(few)
    kept = _inodes(settings.home / "converted")
    assert _inodes(first.data_path).items() >= kept.items()
    path = settings.data_dir / "collection" / "essai.ttl"
    path.write_text(path.read_text("utf-8") + "\n<urn:a> <urn:b> <urn:c> .\n", "utf-8")

    second = build.build(few)

    now = _inodes(second.data_path)
    assert kept == {name: now[name] for name in ("ontology", "territories")}
    assert "<urn:b>" in second.layer_path("collection").read_text("utf-8")
    with (settings.ontology_dir / "mots.ttl").open("a", encoding="utf-8") as file:
        file.write("<urn:d> <urn:e> <urn:f> .\n")
    build.build(few)
    fresh = _inodes(settings.home / "converted")
    assert fresh["territories"] == kept["territories"]
    assert fresh["ontology"] != kept["ontology"]
    assert len(list((settings.home / "converted").glob("*.nt"))) == 2


def test_a_collection_edit_does_not_convert_the_register_again(settings: Settings) -> None:
    """Half a million officials stay; those compared with the collection's persons are others."""
    shutil.copytree(FIXTURES / "sources" / "home" / "fetched", settings.home / "fetched")
    national = replace(settings, with_layers=("officials", "boundaries"))
    first = build.build(national)
    (settings.data_dir / "collection" / "elus.ttl").write_text(NAMESAKE, "utf-8")

    second = build.build(national)

    then, now = _inodes(first.data_path), _inodes(second.data_path)
    kept = {name for name in now if then.get(name) == now[name]}
    assert kept == {"ontology", "territories", "officials", "boundaries"}
    assert "zoe-durand--zoe-durand-01999" in second.layer_path("evidence").read_text("utf-8")


def test_a_half_conversion_is_never_taken_for_a_whole(settings: Settings) -> None:
    """What a killed build left under way is written again; what it finished is used."""
    whole = build.build(settings)
    text = {path.name: path.read_bytes() for path in whole.data_path.glob("*.nt")}
    for path in (settings.home / "converted").glob("territories-*"):
        path.with_name(f"{path.name}.part").write_bytes(path.read_bytes()[:100])
        path.unlink()

    again = build.build(settings)

    assert {path.name: path.read_bytes() for path in again.data_path.glob("*.nt")} == text
    assert not list((settings.home / "converted").glob("*.part"))


def test_an_optional_layer_is_asked_for(settings: Settings) -> None:
    """An unknown one and one that was not fetched are told apart; neither is published."""
    with pytest.raises(ConfigError, match="with_layers: 'elus' is none of officials, boundaries"):
        build.build(replace(settings, with_layers=("elus",)))
    with pytest.raises(SourceError, match="run `essgraph fetch officials` first"):
        build.build(replace(settings, with_layers=("officials",)))

    assert Releases(settings.home).current() is None


def test_a_release_is_up_to_date_until_an_input_changes(settings: Settings) -> None:
    """Data, shapes and base IRI count; a rollback does not make it stale."""
    assert inputs.up_to_date(settings) is None
    first = build.build(settings)
    second = build.build(settings)

    Releases(settings.home).rollback()

    assert inputs.up_to_date(settings) == second != first
    assert inputs.up_to_date(replace(settings, base_iri="https://data.example/")) is None
    with (settings.shapes_dir / "initiative.ttl").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert inputs.up_to_date(settings) is None


def test_a_release_that_was_never_pointed_at_is_no_excuse(settings: Settings) -> None:
    """A build killed between the rename and the swap is made again."""
    first = build.build(settings)
    build.build(settings)
    (settings.shapes_dir / "more.ttl").write_text("# changed\n", "utf-8")
    build.build(settings)
    pointer = Releases(settings.home).pointer
    pointer.unlink()
    pointer.symlink_to(first.path.relative_to(settings.home))

    assert inputs.up_to_date(settings) is None


def test_either_engine_checks_while_it_is_converted(settings: Settings) -> None:
    """One reads what comes, the other waits for the files; the report is the same."""
    fast = build.build(settings).manifest["validation"]
    reference = build.build(replace(settings, shacl_engine="pyshacl")).manifest["validation"]

    assert fast["engine"] == "fast"
    assert reference["engine"] == "pyshacl"
    assert [fast[name] for name in ("violations", "warnings")] == [
        reference[name] for name in ("violations", "warnings")
    ]


def test_a_pipe_that_cannot_be_made_stops_the_build(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody reads what is converted then: the conversion does not wait for them."""

    def refused(path: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "mkfifo", refused)
    with pytest.raises(StoreUnavailable, match="not permitted"):
        build.build(settings)

    assert Releases(settings.home).current() is None


def test_a_watch_that_breaks_stops_the_build(settings: Settings) -> None:
    """Who watches may be a terminal that is gone."""

    class Gone:
        def phase(self, name: str, seconds: float | None) -> None:
            if name == "validate":
                raise BrokenPipeError(errno.EPIPE, "Broken pipe")

        def moved(self, name: str, triples: int) -> None:
            pass

    with pytest.raises(StoreUnavailable, match="Broken pipe"):
        build.build(settings, Gone())


def test_shapes_that_cannot_be_read_stop_the_build(settings: Settings) -> None:
    """As soon as all is converted."""
    (settings.shapes_dir / "broken.ttl").write_text("<urn:x> a", "utf-8")

    with pytest.raises(SourceError, match=r"broken\.ttl"):
        build.build(settings)


def test_an_unknown_engine_stops_at_once(settings: Settings) -> None:
    """Before anything is read or written."""
    with pytest.raises(ConfigError, match="no engine 'quick'"):
        build.build(replace(settings, shacl_engine="quick"))

    assert not settings.home.exists()


def test_queries_of_one_s_own_do_not_hide_those_of_the_pages(
    settings: Settings, tmp_path: Path
) -> None:
    """`queries_dir` is for saved queries; a build needs none of them."""
    assert not settings.queries_dir.exists()
    release = build.build(settings)

    assert release.manifest["classes"]


def test_saved_queries_are_tried_on_the_new_release(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """One that does not answer as it says is told, and stops nothing."""
    settings.queries_dir.mkdir()
    for name, expected in (("kept", ">=1"), ("lost", ">=1000000")):
        (settings.queries_dir / f"{name}.rq").write_text(
            f"#+ title@fr: Tout\n#+ title@en: All\n#+ theme: initiatives\n#+ expect: {expected}\n"
            "SELECT ?s WHERE { ?s a ?kind } ORDER BY ?s\n",
            "utf-8",
        )

    release = build.build(settings)

    states = {name: found.state for name, found in examples.read(release.path).items()}
    assert states == {"kept": examples.KEPT, "lost": examples.BROKEN}
    assert "lost" in caplog.text
    assert Releases(settings.home).current() == release


def test_old_releases_are_pruned(settings: Settings) -> None:
    """As many are kept as the settings say."""
    few = replace(settings, keep_releases=2)

    ids = [build.build(few).id for _ in range(3)]

    assert [release.id for release in Releases(settings.home).kept()] == ids[1:]


def test_another_base_iri_moves_everything(settings: Settings) -> None:
    """No IRI of the default base is left in the graph."""
    moved = replace(settings, base_iri="https://data.example/")

    release = build.build(moved)

    text = "".join(source.read_text("utf-8") for source in release.sources)
    assert "https://data.example/id/" in text
    assert "w3id.org/essgraph" not in text


Damage = Callable[[Settings], object]


def _write(path: str, text: str) -> Damage:
    return lambda settings: (settings.data_dir / path).write_text(text, "utf-8")


def _add_column(settings: Settings) -> None:
    path = settings.data_dir / "territories" / "communes.csv"
    header, _, rest = path.read_text("utf-8").partition("\n")
    path.write_text(f"{header},nouveau\n{rest}", "utf-8")


@pytest.mark.parametrize(
    ("damage", "error", "said"),
    [
        (
            _write("collection/cassee.ttl", "<https://a.example/s> <p q> .\n"),
            SourceError,
            "cassee.ttl:1:",
        ),
        (_add_column, SourceError, "communes.csv:1: column 'nouveau' is not known"),
        (_write("collection/cassee.ttl", BROKEN_INITIATIVE), build.Refused, "1 violation(s)"),
        (
            lambda settings: (settings.shapes_dir / "initiative.ttl").write_text(
                "@prefix", "utf-8"
            ),
            SourceError,
            "initiative.ttl:1:",
        ),
    ],
    ids=["turtle", "header", "shape", "shapes file"],
)
def test_a_broken_input_publishes_nothing(
    settings: Settings, damage: Damage, error: type[EssgraphError], said: str
) -> None:
    """The error names the place; the release before goes on; mending is enough to go on."""
    before = build.build(settings)
    whole = settings.data_dir.with_name("whole")
    shutil.copytree(settings.data_dir, whole)
    shapes = (settings.shapes_dir / "initiative.ttl").read_text("utf-8")
    damage(settings)

    with pytest.raises(error) as raised:
        build.build(settings)

    assert said in str(raised.value)
    releases = Releases(settings.home)
    assert releases.current() == before
    assert releases.kept() == [before]
    (settings.shapes_dir / "initiative.ttl").write_text(shapes, "utf-8")
    assert build.build(replace(settings, data_dir=whole)) == releases.current()


def test_a_refusal_is_told_in_sentences(settings: Settings) -> None:
    """Label, sentence, value and place, in French for a person who writes no RDF."""
    path = settings.data_dir / "collection" / "cassee.ttl"
    path.write_text(BROKEN_INITIATIVE, "utf-8")

    with pytest.raises(build.Refused) as raised:
        build.build(settings)

    told = "\n".join(raised.value.sentences("fr"))
    for part in (
        "Initiative cassée",
        "Un secteur est un concept de la nomenclature.",
        "énergie",
        "data/collection/cassee.ttl:5",
    ):
        assert part in told


@pytest.fixture(name="small_disk")
def _small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for one release and little more."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("NOT RUN: a full disk is made by mounting a tmpfs, which only root may do")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False
    )
    if mounted.returncode:
        pytest.skip("NOT RUN: this machine does not allow mounting a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_and_loses_nothing(settings: Settings, small_disk: Path) -> None:
    """The current release still answers, and the unfinished one takes no room."""
    full = replace(settings, home=small_disk / "home")
    before = build.build(settings)
    # A copy of a release, since a bulk load alone reserves more than the disk has.
    shutil.copytree(settings.home, full.home, symlinks=True)

    def fill() -> None:
        while True:
            build.build(replace(full, keep_releases=100))

    with pytest.raises(StoreUnavailable, match="the disk is full; nothing was published"):
        fill()

    releases = Releases(full.home)
    current = releases.require_current()
    assert before.id in [release.id for release in releases.kept()]
    assert EmbeddedStore.open(current.store_path).ask("ASK { ?s ?p ?o }")
    assert not (full.home / "staging").exists()


def test_a_build_killed_at_any_moment_harms_nothing(settings: Settings) -> None:
    """After each kill -9 the current release answers; the next build needs no cleaning."""
    current = build.build(settings)
    environ = {
        **os.environ,
        "ESSGRAPH_HOME": str(settings.home),
        "ESSGRAPH_DATA_DIR": str(settings.data_dir),
        "ESSGRAPH_ONTOLOGY_DIR": str(settings.ontology_dir),
        "ESSGRAPH_SHAPES_DIR": str(settings.shapes_dir),
        "ESSGRAPH_QUERIES_DIR": str(settings.queries_dir),
    }
    command = [sys.executable, "-c", "from essgraph.cli import main; main(['build'])"]
    began = time.perf_counter()
    subprocess.run(command, env=environ, check=True, capture_output=True)
    whole_s = time.perf_counter() - began
    chance = random.Random(2)  # noqa: S311 - moments, not secrets
    killed = 0
    for _ in range(4 * KILLS):
        if killed == KILLS:
            break
        process = subprocess.Popen(
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(whole_s * chance.uniform(0.1, 0.9))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()

        served = Releases(settings.home).require_current()
        assert served.id >= current.id
        assert EmbeddedStore.open(served.store_path).ask("ASK { ?s ?p ?o }")
        assert served.manifest["validation"]["violations"] == 0
        current = served

    assert killed == KILLS
    last = build.build(settings)
    assert Releases(settings.home).current() == last
    assert not (settings.home / "staging").exists()
