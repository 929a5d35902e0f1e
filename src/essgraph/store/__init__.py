"""The store: one contract, one engine a file."""
