"""The process of one write; see process.py."""

from essgraph.writes.process import main

main()
