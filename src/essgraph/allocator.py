"""How the C library hands out memory in the processes that evaluate queries.

The engine takes and gives back many small pieces; glibc keeps seven of a size at hand for a
thread, and searches for others. With more at hand, queries over 5 ms take up to a third less
time, look-ups a tenth; a build gains nothing (see docs/reference/benchmarks.md).
Source: https://sourceware.org/glibc/manual/latest/html_node/Memory-Allocation-Tunables.html
"""

from __future__ import annotations

import os

_NAME = "GLIBC_TUNABLES"
_VALUE = "glibc.malloc.tcache_count=4000"


def tune() -> bool:
    """Set it for the programs started from here on; whether that is news to this one.

    What the operator set is left alone; another C library does not look at it.
    """
    if _NAME in os.environ:
        return False
    os.environ[_NAME] = _VALUE
    return True
