"""A page of each type, of the real collection."""

from __future__ import annotations

PAGES = {
    "home": "/",
    "initiative": "/page/initiative/mutuelle-communale-caumont",
    "territory": "/page/commune/84034",
    "region": "/page/region/93",
    "official": "/page/person/louis-abrard",
    "organisation": "/page/organisation/enercoop",
    "publication": "/page/publication/intercommunalite-cooperative-hautes-alpes",
    "concept": "/scheme/instrument/SERV.mutuelle",
    "scheme": "/scheme/instrument",
    "ontology": "/ontology",
    "term": "/ontology?term=Initiative",
    "list": "/list/Initiative",
    "lists": "/list",
    "search": "/search?q=guillestre",
    "explore": "/explore",
    "explore-table": "/explore?view=table",
    "explore-map": "/explore?view=map",
    "network": "/network/initiative/mutuelle-communale-caumont",
    "queries": "/queries",
    "query": "/queries/initiatives-of-region",
    "query-form": "/queries/officials-of-territory?territory=commune/05065",
    "sparql": "/sparql",
    "changes": "/changes",
    "validation": "/validation",
    "contribute": "/contribute",
    "error": "/page/commune/00000",
}
"""Name of the type -> address."""
