"""A layer like the national one of elected officials, invented: as many nodes of the same forms."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

from essgraph.vocab import FOAF, ORG, PERSON, RDF, RDFS, SCHEMA, XSD, Names

_GOVERNS = re.compile(
    r"^<([^>]*/id/organisation/[^>]*)> <[^>]*governs> <[^>]*/commune/([^>]*)> \.$"
)
_GIVEN = ["Aline", "Bruno", "Chloé", "Denis", "Élise", "Farid", "Gaëlle", "Hugo", "Inès", "Jules"]
_FAMILY = ["Arnaud", "Bernard", "Caron", "Durand", "Étienne", "Faure", "Girard", "Huet", "Imbert"]
_START = ("2020-05-18", "2020-07-03", "2014-03-30", "2021-06-27")


def write(territories: Path, persons: int, target: Path, names: Names) -> int:
    """Write the persons with their mandates to a file of N-Triples; the number of triples.

    `territories` is that layer of a release: its communes get a mayor each, then deputies, then
    members of their councils.
    """
    with territories.open(encoding="utf-8") as lines:
        found = (match for line in lines if (match := _GOVERNS.match(line)))
        communes = [(match[1], match[2]) for match in found]
    total = 0
    with target.open("w", encoding="utf-8", newline="\n") as out:
        for fact in _facts(communes, persons, names):
            out.write(f"{fact} .\n")
            total += 1
    return total


def _facts(communes: list[tuple[str, str]], persons: int, names: Names) -> Iterator[str]:
    chance = random.Random(4)  # noqa: S311 - the same file each time
    for i in range(persons):
        authority, code = communes[i % len(communes)]
        given, family = chance.choice(_GIVEN), f"{chance.choice(_FAMILY)}-{i}"
        local = f"{given}-{family}-{code}".lower()
        person = f"<{names.entity('person', local).value}>"
        for kind in (names.ess("Person").value, FOAF + "Person", PERSON + "Person"):
            yield f"{person} <{RDF}type> <{kind}>"
        yield f'{person} <{RDFS}label> "{given} {family}"'
        yield f'{person} <{FOAF}givenName> "{given}"'
        yield f'{person} <{FOAF}familyName> "{family}"'
        roles = ["conseiller-municipal"]
        if i < len(communes):
            roles.append("maire")
        elif i < 6 * len(communes):
            roles.append("adjoint")
        for role in roles:
            mandate = f"<{names.entity('mandate', f'{local}-{role}').value}>"
            for kind in (names.ess("Mandate").value, ORG + "Membership"):
                yield f"{mandate} <{RDF}type> <{kind}>"
            yield f'{mandate} <{RDFS}label> "{role} de {code}\u00a0: {given} {family}"@fr'
            yield f'{mandate} <{RDFS}label> "{role} of {code}: {given} {family}"@en'
            yield f"{mandate} <{ORG}member> {person}"
            yield f"{mandate} <{ORG}organization> <{authority}>"
            yield f"{mandate} <{ORG}role> <{names.concept('role', role).value}>"
            day = chance.choice(_START)
            yield f'{mandate} <{SCHEMA}startDate> "{day}"^^<{XSD}date>'
