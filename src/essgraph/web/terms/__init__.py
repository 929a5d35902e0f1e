"""What the data is written with: the ontology, the concept schemes, the shapes; page or RDF.

Source: Best Practice Recipes for Publishing RDF Vocabularies (W3C Working Group Note, 28 August
2008): all terms behind a hash are in the document before it.
"""

from essgraph.web.terms.pages import bp

__all__ = ["bp"]
