"""Writes that cannot break the graph: each is checked, journalled and makes a release.

The web side calls `submit`, and `recover` when it starts; the commands call the rest.
"""

from essgraph.writes.change import Action, Change, Delete, Outcome, Post, Put, Update
from essgraph.writes.checking import Refusal, Refused
from essgraph.writes.history import Record, changes, diff, record
from essgraph.writes.patching import CURATED
from essgraph.writes.process import submit
from essgraph.writes.writing import pending, recover, write

__all__ = [
    "CURATED",
    "Action",
    "Change",
    "Delete",
    "Outcome",
    "Post",
    "Put",
    "Record",
    "Refusal",
    "Refused",
    "Update",
    "changes",
    "diff",
    "pending",
    "record",
    "recover",
    "submit",
    "write",
]
