"""Prefixes, terms and the minting of IRIs.

The files of the repository (ontology, shapes, data, queries) are written with
`DEFAULT_BASE`; a deployment under another base reads them through `Names.rebase`.
This module alone spells our base IRI.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from essgraph.errors import NotFound

DEFAULT_BASE = "https://w3id.org/essgraph/"

ADMS = "http://www.w3.org/ns/adms#"
DCAT = "http://www.w3.org/ns/dcat#"
DCTERMS = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
GEO = "http://www.opengis.net/ont/geosparql#"
IGEO = "http://rdf.insee.fr/def/geo#"
M8G = "http://data.europa.eu/m8g/"
OPENGOV = "http://www.w3.org/ns/opengov#"
ORG = "http://www.w3.org/ns/org#"
OWL = "http://www.w3.org/2002/07/owl#"
PERSON = "http://www.w3.org/ns/person#"
PROV = "http://www.w3.org/ns/prov#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SCHEMA = "https://schema.org/"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TIME = "http://www.w3.org/2006/time#"
VOID = "http://rdfs.org/ns/void#"
XSD = "http://www.w3.org/2001/XMLSchema#"

RDF_TYPE = NamedNode(RDF + "type")
RDFS_LABEL = NamedNode(RDFS + "label")
XSD_DATE = NamedNode(XSD + "date")
XSD_INTEGER = NamedNode(XSD + "integer")
WKT_LITERAL = NamedNode(GEO + "wktLiteral")

LANGUAGES = ("fr", "en")
"""The languages of pages, labels and sentences; French first, where neither is asked for."""

LAYERS = (
    "ontology",
    "collection",
    "territories",
    "officials",
    "boundaries",
    "evidence",
    "meta",
)
"""Named graphs of a release, in the order they are built."""


@dataclass(frozen=True)
class Names:
    """IRIs under one base, minted and read back.

    `base` ends in a slash (checked by the settings).
    """

    base: str = DEFAULT_BASE

    @property
    def ontology(self) -> str:
        """Namespace of the ontology's terms."""
        return self.base + "ontology#"

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefix -> namespace, shared ones alphabetically, ours last."""
        return {
            "adms": ADMS,
            "dcat": DCAT,
            "dcterms": DCTERMS,
            "foaf": FOAF,
            "geo": GEO,
            "igeo": IGEO,
            "m8g": M8G,
            "opengov": OPENGOV,
            "org": ORG,
            "owl": OWL,
            "person": PERSON,
            "prov": PROV,
            "rdf": RDF,
            "rdfs": RDFS,
            "schema": SCHEMA,
            "sh": SH,
            "skos": SKOS,
            "time": TIME,
            "void": VOID,
            "xsd": XSD,
            "ess": self.ontology,
        }

    def ess(self, local_name: str) -> NamedNode:
        """A term of the ontology."""
        return NamedNode(self.ontology + local_name)

    def entity(self, kind: str, key: str) -> NamedNode:
        """The IRI of an entity; `key` is percent-encoded."""
        return NamedNode(f"{self.base}id/{quote(kind, safe='')}/{quote(key, safe='')}")

    def scheme(self, name: str) -> NamedNode:
        """The IRI of a concept scheme; `name` is percent-encoded."""
        return NamedNode(f"{self.base}scheme/{quote(name, safe='')}")

    def concept(self, scheme: str, notation: str) -> NamedNode:
        """The IRI of a SKOS concept; its parts are percent-encoded."""
        return NamedNode(f"{self.scheme(scheme).value}/{quote(notation, safe='')}")

    def graph(self, layer: str) -> NamedNode:
        """The IRI of a layer's named graph; `layer` is percent-encoded."""
        return NamedNode(f"{self.base}graph/{quote(layer, safe='')}")

    def genid(self, label: str) -> NamedNode:
        """The IRI that stands for a blank node (RDF 1.1 Concepts, 3.5)."""
        return NamedNode(f"{self.base}.well-known/genid/{quote(label, safe='')}")

    def entity_parts(self, iri: str) -> tuple[str, str]:
        """Kind and key of an entity's IRI, decoded.

        Raises: NotFound, for an IRI that is not of the form BASE/id/KIND/KEY.
        """
        head = self.base + "id/"
        kind, slash, key = iri.removeprefix(head).partition("/")
        if not iri.startswith(head) or not slash or not key or "/" in key:
            raise NotFound(f"{iri} is not an entity of this graph")
        return unquote(kind), unquote(key)

    def compact(self, iri: str) -> str:
        """`ess:Initiative` for a known namespace, else the IRI itself."""
        for prefix, namespace in self.prefixes.items():
            local = iri.removeprefix(namespace)
            if local != iri and local.replace("_", "").replace("-", "").isalnum():
                return f"{prefix}:{local}"
        return iri

    def rebase(self, text: str) -> str:
        """RDF or SPARQL text of the repository, moved to this base."""
        return text if self.base == DEFAULT_BASE else text.replace(DEFAULT_BASE, self.base)
