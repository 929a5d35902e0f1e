"""What the shapes say of each class to people: its properties in order, in groups, by name.

One set of shape files drives validation, the pages, the forms, the facets, the completion of the
editor and the types of reconciliation; this is how all but the first read it. Besides the terms of
SHACL, a property shape may say `shape:facet true` (a list is narrowed by it), `shape:form true`
(a person fills it in) and `shape:scheme <IRI>` (its values are concepts of that scheme).

Source: Shapes Constraint Language (W3C Recommendation, 20 July 2017), 2.3.2, non-validating
property shape characteristics.
"""

from essgraph.profiles.model import NO_PROFILES, Field, Group, Profile, Profiles
from essgraph.profiles.reading import read

__all__ = ["NO_PROFILES", "Field", "Group", "Profile", "Profiles", "read"]
