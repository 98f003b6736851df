"""Entities: the Wikidata index, named entity recognition, linking."""
