"""Just enough of SPARQL's syntax to know what a text would make the engine do.

The engine offers no parsed form of a query or an update, yet a few words decide what may be
run and how: SERVICE and LOAD (make the engine send a request), FROM (names the dataset). They
are looked for outside strings, IRIs, comments, variables and names (`tokens`, `calls`). Where
our tokens could differ from the engine's, the text is refused.
"""

from essgraph.syntax.calls import MAX_CALLS, Call, calls, names_dataset
from essgraph.syntax.guard import MAX_NESTING, MAX_OPERATORS, guard
from essgraph.syntax.messages import explain
from essgraph.syntax.tokens import tokens

__all__ = [
    "MAX_CALLS",
    "MAX_NESTING",
    "MAX_OPERATORS",
    "Call",
    "calls",
    "explain",
    "guard",
    "names_dataset",
    "tokens",
]
