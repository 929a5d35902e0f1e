"""An initiative that somebody proposes: what was written -> triples, checked beside the release.

The form of the pages and the columns of spreadsheets are one: the fields that the shapes mark with
`shape:form true`. What is proposed has the form of data/collection; nothing here writes to a graph.
"""

from essgraph.proposals.checking import Checker
from essgraph.proposals.drafting import MAX_VALUES, NEW, draft, slug, values_of
from essgraph.proposals.form import Field, Form, read
from essgraph.proposals.importing import FAULT, Imported, Row, run
from essgraph.proposals.looking import Concept, Found, Lookup, Release, choices, concepts
from essgraph.proposals.model import ADDRESS, Fault, Proposal, Values
from essgraph.proposals.sheets import Sheet, read_sheet
from essgraph.proposals.template import csv_template, xlsx_template
from essgraph.proposals.turtle import written

__all__ = [
    "ADDRESS",
    "FAULT",
    "MAX_VALUES",
    "NEW",
    "Checker",
    "Concept",
    "Fault",
    "Field",
    "Form",
    "Found",
    "Imported",
    "Lookup",
    "Proposal",
    "Release",
    "Row",
    "Sheet",
    "Values",
    "choices",
    "concepts",
    "csv_template",
    "draft",
    "read",
    "read_sheet",
    "run",
    "slug",
    "values_of",
    "written",
    "xlsx_template",
]
