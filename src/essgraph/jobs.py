"""The kinds of job that a process for queries does; imported by each of them, so it is light."""

from __future__ import annotations

from collections.abc import Mapping

from essgraph.store.base import GraphStore
from essgraph.store.evaluating import Answered, Job, evaluate
from essgraph.store.process import Evaluate
from essgraph.store.writing import Spool
from essgraph.vocab import Names


def explain(store: GraphStore, job: Job, names: Names, spool: Spool | None) -> Answered:
    """Why a query has no row, as JSON (see `essgraph.explain`)."""
    # Only who asks for it pays for rdflib's parser: half a second and 40 MB.
    from essgraph.explain import answer

    return answer(store, job, names, spool)


KINDS: Mapping[str, Evaluate] = {"query": evaluate, "explain": explain}
"""What does each kind."""
