"""The rows of a spreadsheet as proposals: each its own, and its own report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode, Triple

from essgraph.errors import SourceError
from essgraph.proposals import words
from essgraph.proposals.checking import Checker
from essgraph.proposals.drafting import draft
from essgraph.proposals.form import Field, Form
from essgraph.proposals.looking import Lookup
from essgraph.proposals.model import ADDRESS, Fault, Proposal
from essgraph.proposals.sheets import Sheet
from essgraph.search.fold import words as folded
from essgraph.store.base import GraphStore
from essgraph.vocab import LANGUAGES, Names

FAULT = {"fr": "problème", "en": "fault"}
"""The column that says what is wrong with a row that was left out."""

ADDRESS_NAMES = {"fr": "adresse de la fiche", "en": "address of the entry"}

_CHECKED_AT_A_TIME = 500
_SEVERAL = re.compile(r"\s*;\s*")


@dataclass(frozen=True)
class Row:
    """What became of one row: the address of its initiative, or what is wrong with it.

    Shape: `number` is that of the sheet, headings being in the first; `faults` name columns.
    """

    number: int
    iri: str
    name: str
    faults: tuple[Fault, ...]
    cells: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether the row is a proposal that conforms."""
        return all(fault.note for fault in self.faults)


@dataclass(frozen=True)
class Imported:
    """All rows, and the triples of those that conform."""

    rows: tuple[Row, ...]
    triples: tuple[Triple, ...]


def run(
    sheet: Sheet, form: Form, names: Names, lookup: Lookup, checker: Checker, store: GraphStore
) -> Imported:
    """Each row of a sheet read, resolved in the release and checked against the shapes.

    Raises: SourceError for a column that is no field, or none that is; StoreUnavailable.
    """
    columns = _columns(sheet, form)
    rows: list[Row] = []
    drafts: list[Proposal | None] = []
    first: dict[NamedNode, int] = {}
    for number, cells in sheet.rows:
        values = _values(cells, columns)
        proposal = draft(values, form, names, lookup)
        faults = list(proposal.faults)
        if proposal.iri in first:
            faults.append(Fault("", "", words.say("duplicate", row=first[proposal.iri])))
        proposal = replace(proposal, faults=tuple(faults))
        if not proposal.blocked:
            first[proposal.iri] = number
        name = next((texts[0] for key, texts in values.items() if key.startswith("name.")), "")
        rows.append(Row(number, proposal.iri.value, name, proposal.faults, cells))
        drafts.append(None if proposal.blocked else proposal)
    triples: dict[Triple, None] = {}
    for at in range(0, len(rows), _CHECKED_AT_A_TIME):
        batch = [i for i in range(at, min(at + _CHECKED_AT_A_TIME, len(rows))) if drafts[i]]
        proposals = [found for i in batch if (found := drafts[i]) is not None]
        for i, proposal, wrong in zip(
            batch, proposals, checker.check(proposals, store), strict=True
        ):
            rows[i] = replace(rows[i], faults=(*rows[i].faults, *wrong))
            if rows[i].accepted:
                triples.update(dict.fromkeys(proposal.triples))
    return Imported(tuple(rows), tuple(triples))


def headings(form: Form, lang: str) -> list[tuple[str, str]]:
    """The columns of a sheet: key and name in a language, told apart where two are called alike."""
    found = [(field.key, field.called(lang)) for field in form.fields]
    return [*found, (ADDRESS, ADDRESS_NAMES[lang])]


def _columns(sheet: Sheet, form: Form) -> list[Field | str | None]:
    """The field of each column; None for one without any name, and for faults of a run before."""
    known: dict[str, Field | str] = {}
    for lang in LANGUAGES:
        for key, name in headings(form, lang):
            field = form.field(key)
            known[_folded(name)] = field or ADDRESS
    for field in form.fields:
        known[_folded(field.key)] = field
    ignored = {"", *(_folded(name) for name in FAULT.values())}
    found: list[Field | str | None] = []
    for heading in sheet.headings:
        name = _folded(heading)
        if name not in known and name not in ignored:
            listed = ", ".join(name for _, name in headings(form, "fr"))
            raise SourceError(f"no field is called {heading[:80]!r}; columns may be: {listed}")
        found.append(known.get(name))
    single = Counter(f.key for f in found if isinstance(f, Field) and not f.repeats)
    twice = [key for key, count in single.items() if count > 1]
    if twice or not any(single):
        what = f"{twice[0]!r} twice" if twice else "no column that is a field"
        raise SourceError(f"the first row has {what}")
    return found


def _values(cells: Sequence[str], columns: Iterable[Field | str | None]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cell, column in zip(cells, columns, strict=False):
        if column is None or not cell.strip():
            continue
        if isinstance(column, str):
            found.setdefault(column, []).append(cell.strip())
        elif column.repeats and column.kind != "address":
            found.setdefault(column.key, []).extend(_SEVERAL.split(cell.strip().strip(";").strip()))
        else:
            found.setdefault(column.key, []).append(cell.strip())
    return found


def _folded(text: str) -> str:
    return " ".join(folded(text))
