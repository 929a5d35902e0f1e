"""What pages say to machines: addresses, summaries, pictures, the words of schema.org."""

from essgraph.web.machines import addresses
from essgraph.web.machines.head import (
    Head,
    announce,
    of_entity,
    of_home,
    of_list,
    of_query,
    of_scheme,
    plain,
    site_picture,
)

__all__ = [
    "Head",
    "addresses",
    "announce",
    "of_entity",
    "of_home",
    "of_list",
    "of_query",
    "of_scheme",
    "plain",
    "site_picture",
]
