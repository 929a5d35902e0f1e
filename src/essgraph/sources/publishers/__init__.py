"""The publishers' own files, read strictly, and the extract that is made of them."""
