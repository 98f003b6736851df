"""How good the data is: our own annotation of documents that people have annotated."""
