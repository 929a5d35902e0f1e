"""Proposals checked against the shapes, beside the release that they point into.

What the shapes read of the release is what entities are and are called; only what a proposal
describes itself is judged. A write checks once more, against all of the graph.
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from essgraph import queries, vocab
from essgraph.profiles import Profiles
from essgraph.proposals import words
from essgraph.proposals.form import Form
from essgraph.proposals.model import Fault, Proposal
from essgraph.shacl.data import DataGraph
from essgraph.shacl.fast import FastEngine
from essgraph.shacl.report import INFO, WARNING, Result, plain
from essgraph.shacl.shapes import Shapes, read_shapes
from essgraph.sources import ntriples
from essgraph.store.base import GraphStore
from essgraph.store.embedded import EmbeddedStore
from essgraph.vocab import LANGUAGES, Names

_MIN_COUNT = "MinCountConstraintComponent"
_SOURCE = NamedNode(vocab.PROV + "hadPrimarySource")
_AT_A_TIME = 200
"""Entities of the release looked up by one query."""

_BRACKETED = re.compile(r" \((?:[a-z]+:\w+|@\w+)(?:, (?:[a-z]+:\w+|@\w+))*\)")
_TERM = re.compile(r"\b[a-z0-9]+:\w+")


class Checker:
    """Checks proposals against the shapes of a folder, read once."""

    def __init__(self, shapes: Path, names: Names, profiles: Profiles, form: Form) -> None:
        self._folder, self._names, self._form = shapes, names, form
        self._profiles = profiles

    @cached_property
    def _shapes(self) -> Shapes:
        return read_shapes(self._folder, self._names)

    def check(self, proposals: Sequence[Proposal], store: GraphStore) -> list[tuple[Fault, ...]]:
        """What the shapes find wrong with each proposal, one tuple a proposal.

        Raises: SourceError for malformed shapes; StoreUnavailable.
        """
        own = {triple for proposal in proposals for triple in proposal.triples}
        described = {iri for proposal in proposals for iri in proposal.subjects}
        results = self._results(own, described, store)
        found: list[tuple[Fault, ...]] = []
        for proposal in proposals:
            faults: dict[tuple[str, str], Fault] = {}
            for iri, place in proposal.subjects.items():
                for result in results.get(iri, []):
                    if result.path and result.path.predicate == _SOURCE:
                        continue  # it follows from the publication, which is asked for itself
                    fault = self._fault(result, place)
                    faults.setdefault((fault.key, fault.texts["fr"]), fault)
            found.append(tuple(faults.values()))
        return found

    def _results(
        self, own: set[Triple], described: set[NamedNode], store: GraphStore
    ) -> dict[NamedNode, list[Result]]:
        triples = own | self._context(own, described, store)
        found: dict[NamedNode, list[Result]] = defaultdict(list)
        with tempfile.TemporaryDirectory(prefix="essgraph-") as folder:
            source = Path(folder) / "data.nt"
            ntriples.write_ntriples(map(ntriples.statement, triples), source)
            beside = EmbeddedStore(base_iri=self._names.base)
            beside.bulk_load(source, self._names.graph("collection"))
            try:
                results = FastEngine().validate(DataGraph(source, lambda: beside), self._shapes)
            finally:
                beside.close()
        for result in results:
            if isinstance(result.focus_node, NamedNode) and result.severity not in (WARNING, INFO):
                found[result.focus_node].append(result)
        return found

    def _context(
        self, own: Iterable[Triple], described: set[NamedNode], store: GraphStore
    ) -> set[Triple]:
        """What the release says of what proposals point at: classes, those above, and names."""
        # With France, whose name tells the shapes that the map of its territories is there.
        wanted = {self._names.entity("country", "FR")}
        wanted |= {
            triple.object
            for triple in own
            if isinstance(triple.object, NamedNode) and triple.object not in described
        }
        # Addresses of other hosts are nothing that the graph describes.
        asked = sorted(
            (iri for iri in wanted if iri.value.startswith(self._names.base)),
            key=lambda iri: iri.value,
        )
        found: set[Triple] = set()
        for at in range(0, len(asked), _AT_A_TIME):
            query = queries.app("proposal-context", self._names)
            found.update(store.construct(query.bind(entity=asked[at : at + _AT_A_TIME])))
        return found

    def _fault(self, result: Result, place: str) -> Fault:
        predicate = result.path.predicate if result.path else None
        key = self._key(predicate, place, result)
        value = "" if result.value is None else plain(result.value)
        if result.component.value.endswith(_MIN_COUNT) and key:
            return Fault(key, "", words.say("missing"))
        texts = {lang: self.told(result.message(lang), lang) for lang in LANGUAGES}
        return Fault(key, value, texts)

    def _key(self, predicate: NamedNode | None, place: str, result: Result) -> str:
        """The field at fault; "" where it is none, or several."""
        if predicate is None:
            return place if place.startswith("new.") else ""
        fields = self._form.publication if place == "source." else self._form.initiative
        if place.startswith("new."):
            fields = self._form.entities
        lang = getattr(result.value, "language", None) or "fr"
        keys = [field.key for field in fields if field.path == predicate.value]
        exact = [key for key in keys if key.endswith(f".{lang}")]
        # The label of a publication is its title; that of a new entity is the field itself.
        fallback = {"source.": "source.title", "": ""}.get(place, place)
        return next(iter(exact or keys), fallback)

    def told(self, message: str, lang: str) -> str:
        """A message of the shapes without the terms of the vocabulary: fields by their names."""

        def called(found: re.Match[str]) -> str:
            prefix, _, local = found[0].partition(":")
            path = self._names.prefixes.get(prefix, "") + local
            field = next((one for one in self._form.fields if one.path == path), None)
            if field is None:
                return found[0]
            return (
                f"«\u00a0{field.called(lang)}\u00a0»" if lang == "fr" else f"“{field.called(lang)}”"
            )

        return _TERM.sub(called, _BRACKETED.sub("", message))
