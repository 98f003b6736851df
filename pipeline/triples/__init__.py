"""Distant annotation: relations between the entities of a document, test pairs left out."""
