"""Parameters that others add to addresses that are shared, to follow readers: they say nothing.

Mail programs and social networks add them to any link, and a page must not fail for it.
"""

from __future__ import annotations

_HEAD = "utm_"
_NAMES = frozenset(
    ("dclid", "fbclid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "twclid", "yclid")
)


def is_tracking(name: str) -> bool:
    """Whether a parameter of an address is one of these."""
    return name.startswith(_HEAD) or name in _NAMES
