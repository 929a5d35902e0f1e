"""essgraph: local policies for the social and solidarity economy as a knowledge graph."""

__version__ = "0.1.0"
