"""One IRI -> what the graph says of it: label, facts with their sources, incoming links."""

from essgraph.describe.concise import ConciseData, data, exists
from essgraph.describe.labels import named
from essgraph.describe.links import incoming
from essgraph.describe.mandates import MEMBER, ORGANISATION, bodies, mandates_of, told
from essgraph.describe.model import (
    Description,
    Fact,
    Heading,
    IncomingGroup,
    Link,
    LinkPage,
    Source,
    Text,
    Value,
)
from essgraph.describe.namesakes import Candidate, namesakes
from essgraph.describe.neighbourhood import Edge, LeftOut, Neighbourhood, Node, neighbourhood
from essgraph.describe.office import Day, Known, Mandate, Mandates, Register, When
from essgraph.describe.page import FACTS_READ, describe
from essgraph.describe.territory import LocalInitiative, LocalInitiatives, regions
from essgraph.describe.values import point_of

__all__ = [
    "FACTS_READ",
    "MEMBER",
    "ORGANISATION",
    "Candidate",
    "ConciseData",
    "Day",
    "Description",
    "Edge",
    "Fact",
    "Heading",
    "IncomingGroup",
    "Known",
    "LeftOut",
    "Link",
    "LinkPage",
    "LocalInitiative",
    "LocalInitiatives",
    "Mandate",
    "Mandates",
    "Neighbourhood",
    "Node",
    "Register",
    "Source",
    "Text",
    "Value",
    "When",
    "bodies",
    "data",
    "describe",
    "exists",
    "incoming",
    "mandates_of",
    "named",
    "namesakes",
    "neighbourhood",
    "point_of",
    "regions",
    "told",
]
