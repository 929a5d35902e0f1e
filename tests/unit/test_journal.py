"""The journal: accepted means on disk, and read back as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from essgraph import journal
from essgraph.errors import StoreUnavailable
from essgraph.journal import Entry, Journal, Patch
from essgraph.vocab import Names

NAMES = Names()
GRAPH = NAMES.graph("collection").value
DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"
LINES = (
    f'<urn:s> <urn:p> "1.50"^^<{DECIMAL}> .\n',
    '<urn:s> <urn:p> "deux\\nlignes, et \\"guillemets\\""@fr .\n',
    "<urn:s> <urn:p> <urn:o> .\n",
)


def _entry(name: str, *patches: Patch, key: str = "k") -> Entry:
    return Entry(name, "r0", "2026-01-01T00:00:00+00:00", "amina", "pour « voir »", key, patches)


@pytest.fixture(name="book")
def _book(tmp_path: Path) -> Journal:
    return Journal(tmp_path, NAMES)


def test_an_entry_is_read_back_as_it_was(book: Journal) -> None:
    """Graphs, agent, message, and literals as they were spelled."""
    entry = _entry(
        "r1", Patch(GRAPH, tuple(sorted(LINES)), ("<urn:a> <urn:b> <urn:c> .\n",)), Patch("urn:x:g")
    )

    book.append(entry)

    assert book.read("r1") == entry


def test_entries_come_in_order(book: Journal, tmp_path: Path) -> None:
    """By name, whatever the order of the files, and nothing that is not an entry."""
    for name in ("r2", "r1"):
        book.append(_entry(name, Patch(GRAPH, LINES[2:]), key=f"key of {name}"))
    (tmp_path / "journal" / ".r3.trig.17").write_text("half", "utf-8")

    found = [entry.id for entry in book.entries()]

    assert found == ["r1", "r2"]
    assert book.find("key of r1", ()) == "r1"
    assert book.find("key of r1", {"r1"}) is None
    book.sweep()
    assert sorted(path.name for path in (tmp_path / "journal").iterdir()) == ["r1.trig", "r2.trig"]


def test_what_is_undone_does_not_stand(book: Journal, tmp_path: Path) -> None:
    """It stays in the journal, and comes back when it is undone no more."""
    for name in ("r1", "r2"):
        book.append(_entry(name, Patch(GRAPH, LINES[2:])))
    journal.undo(tmp_path, ["r1"])

    assert [entry.id for entry in book.standing()] == ["r2"]
    journal.undo(tmp_path, [])
    assert [entry.id for entry in book.standing()] == ["r1", "r2"]


def test_a_file_cut_short_is_never_half_an_entry(book: Journal, tmp_path: Path) -> None:
    """Wherever it is cut, it is refused and named."""
    book.append(_entry("r1", Patch(GRAPH, tuple(sorted(LINES)), LINES[:1])))
    path = tmp_path / "journal" / "r1.trig"
    whole = path.read_bytes().rstrip()

    def refused(length: int) -> bool:
        path.write_bytes(whole[:length])
        with pytest.raises(StoreUnavailable, match=r"r1\.trig"):
            book.read("r1")
        return True

    assert all(refused(length) for length in range(len(whole)))


def test_another_base_iri_moves_the_entries(book: Journal, tmp_path: Path) -> None:
    """A site that is given another address keeps what was written."""
    iri = f"<{NAMES.base}id/initiative/x>"
    book.append(_entry("r1", Patch(GRAPH, (f"{iri} <urn:p> {iri} .\n",))))
    moved = Names("https://data.example/")

    entry = Journal(tmp_path, moved).read("r1")

    there = "<https://data.example/id/initiative/x>"
    assert entry.patches == (
        Patch(moved.graph("collection").value, (f"{there} <urn:p> {there} .\n",)),
    )


def test_accepted_means_synced(
    book: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content before the name, the name before `append` returns: what a power cut leaves."""
    events: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        events.append(f"sync {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name}")
        real_sync(descriptor)

    def replace(path: Path, target: Path) -> Path:
        events.append(f"rename {target.name}")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)

    book.append(_entry("r1", Patch(GRAPH, LINES[2:])))

    assert events == [
        f"sync {tmp_path.name}",
        f"sync .r1.trig.{os.getpid()}",
        "rename r1.trig",
        "sync journal",
    ]


A, B, C = (f"<urn:s> <urn:p> <urn:{name}> .\n" for name in "abc")


@pytest.mark.parametrize(
    ("base", "patch", "after", "missing"),
    [
        ([A], Patch(GRAPH, (B,)), [A, B], ()),
        ([A, B], Patch(GRAPH, (), (A,)), [B], ()),
        ([A], Patch(GRAPH, (B,), (A,)), [B], ()),
        # The file changed under the write: said, and what can be done is done.
        ([C], Patch(GRAPH, (B,), (A,)), [C, B], (A,)),
        ([C], Patch(GRAPH, (), (A,)), [C], (A,)),
        # The file already says what the write wanted.
        ([B], Patch(GRAPH, (B,), (A,)), [B], ()),
        ([A], Patch("urn:other", (B,)), [A], ()),
    ],
)
def test_replay(base: list[str], patch: Patch, after: list[str], missing: tuple[str, ...]) -> None:
    """Writes are done again in order; what is not there any more is told, never passed over."""
    found, conflicts = journal.replay(base, GRAPH, [_entry("r1", patch)])

    assert found == after
    assert tuple(line for conflict in conflicts for line in conflict.missing) == missing
    assert all("r1" in str(conflict) for conflict in conflicts)
