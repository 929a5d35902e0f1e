"""A small site whose form is that of the real shapes, which may be written to."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from essgraph import build
from essgraph.config import Settings
from tests.writing import site

SHAPES = ("common", "initiative", "publication", "person")
"""Those of our shape files that the form is made from; others check what the fixtures break."""

CURATED = """
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix ess: <https://w3id.org/essgraph/ontology#> .
@base <https://w3id.org/essgraph/> .
<id/publication/un-article> a ess:Publication ;
    rdfs:label "Un article"@fr ;
    prov:hadPrimarySource <id/publication/un-article> ;
    ess:evidence <scheme/evidence/stated> .

# Of the fixture's communes, two are in départements that it does not have.
<id/departement/14> rdfs:label "Calvados"@fr .
<id/departement/75> rdfs:label "Paris"@fr .
"""

PROPOSED = {
    "name.fr": "Épicerie solidaire",
    "description.fr": "Une épicerie ouverte à tous.",
    "spatial": "commune/01999",
    "sector": "scheme/sector/sante",
    "source": "Un article",
}
"""Values of a proposal that conforms there."""


def proposing(folder: Path) -> Settings:
    """The site with one build, its home to be copied."""
    settings = site(folder)
    for name in SHAPES:
        shutil.copy(Settings().shapes_dir / f"{name}.ttl", settings.shapes_dir)
    (settings.shapes_dir / "essai.ttl").unlink(missing_ok=True)
    (settings.data_dir / "collection" / "essai.ttl").write_text(CURATED, "utf-8")
    settings = replace(settings, ontology_dir=Settings().ontology_dir)
    build.build(settings)
    return settings
