"""One IRI -> what the graph says of it: label, facts with their sources, incoming links."""

from essgraph.describe.concise import ConciseData, data, exists
from essgraph.describe.links import incoming
from essgraph.describe.model import (
    Description,
    Fact,
    IncomingGroup,
    Link,
    LinkPage,
    Source,
    Text,
    Value,
)
from essgraph.describe.page import describe
from essgraph.describe.territory import LocalInitiative, initiatives, regions

__all__ = [
    "ConciseData",
    "Description",
    "Fact",
    "IncomingGroup",
    "Link",
    "LinkPage",
    "LocalInitiative",
    "Source",
    "Text",
    "Value",
    "data",
    "describe",
    "exists",
    "incoming",
    "initiatives",
    "regions",
]
