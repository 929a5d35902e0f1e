"""Labels and classes of many IRIs at once, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from essgraph import queries, vocab
from essgraph.describe.model import Link, Text
from essgraph.store.base import GraphStore
from essgraph.vocab import Names


@dataclass(frozen=True)
class Lexicon:
    """What IRIs are called and what they are.

    Shape: IRI -> labels, IRI -> classes, class IRI -> what it is a subclass of.
    """

    names: Names
    lang: str
    labels: Mapping[str, Sequence[Text]]
    classes: Mapping[str, Sequence[str]]
    supers: Mapping[str, Sequence[str]]

    def link(self, iri: str) -> Link:
        """The IRI with its label and most telling class."""
        class_iri = next(iter(self.class_order(self.classes.get(iri, ()))), "")
        class_label = self.label(class_iri) if class_iri else Text("")
        return Link(iri, self.label(iri), class_iri, class_label)

    def label(self, iri: str) -> Text:
        """The label to show: asked language, French, English, none, any; else the name."""
        found = choose(self.labels.get(iri, ()), self.lang)
        return found or Text(local_name(iri, self.names))

    def class_order(self, classes: Iterable[str]) -> list[str]:
        """Classes, the most telling first: ours and INSEE's, then the special ones."""
        given = set(classes)
        general = {parent for iri in given for parent in self.supers.get(iri, ())}

        def rank(iri: str) -> tuple[bool, bool, str]:
            return (
                not iri.startswith((self.names.ontology, vocab.IGEO)),
                iri in general,
                iri,
            )

        return sorted(given, key=rank)


def choose(labels: Sequence[Text], lang: str) -> Text | None:
    """The label for a reader of `lang`: that language, French, English, none, any."""
    for wanted in (lang, "fr", "en", ""):
        for label in labels:
            if label.lang == wanted:
                return label
    return labels[0] if labels else None


def local_name(iri: str, names: Names) -> str:
    """What to call an IRI without label: our key, `prefix:name`, or the IRI itself."""
    if iri.startswith(names.base):
        return unquote(iri.rstrip("/").replace("#", "/").rpartition("/")[2]) or iri
    return names.compact(iri)


def look_up(store: GraphStore, names: Names, iris: Iterable[str], lang: str) -> Lexicon:
    """The labels and classes of all these IRIs, and the labels of those classes."""
    labels: dict[str, list[Text]] = {}
    classes: dict[str, list[str]] = {}
    supers: dict[str, list[str]] = {}
    wanted = [NamedNode(iri) for iri in sorted(set(iris))]
    _collect(store, queries.app("describe-labels", names).bind(iri=wanted), labels, classes)
    unknown = {class_iri for found in classes.values() for class_iri in found}
    wanted = [NamedNode(iri) for iri in sorted(unknown)]
    _collect(store, queries.app("describe-classes", names).bind(iri=wanted), labels, supers)
    for found in labels.values():
        found.sort(key=lambda text: (text.lang, text.value))
    return Lexicon(names, lang, labels, classes, supers)


def named(
    store: GraphStore, iri: NamedNode, names: Names, lang: str
) -> tuple[Text, frozenset[str]]:
    """What an IRI is called, and the classes that it is of.

    Raises: StoreUnavailable.
    """
    lexicon = look_up(store, names, [iri.value], lang)
    return lexicon.label(iri.value), frozenset(lexicon.classes.get(iri.value, ()))


def _collect(
    store: GraphStore, text: str, labels: dict[str, list[Text]], kinds: dict[str, list[str]]
) -> None:
    for iri, value in store.select(text).rows:
        if not isinstance(iri, NamedNode):
            continue
        if isinstance(value, Literal):
            known = labels.setdefault(iri.value, [])
            label = Text(value.value, value.language or "")
            if label not in known:
                known.append(label)
        elif isinstance(value, NamedNode):
            kinds.setdefault(iri.value, []).append(value.value)
