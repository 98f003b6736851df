"""Coarse types of items, by their classes in Wikidata, and what a tagger's labels agree with.

A type is one bit, so that an item can have several: a university is an organisation and a place.
"""

PERSON, PLACE, ORGANISATION, GROUP, WORK, EVENT, PRODUCT, LANGUAGE = (1 << bit for bit in range(8))

# Classes of Wikidata; what lies below them by "subclass of" (P279) is of that type too.
ROOTS = {
    5: PERSON,  # human
    95074: PERSON,  # fictional character
    178885: PERSON,  # deity
    16334295: GROUP,  # group of humans: families, ethnic groups
    2221906: PLACE,  # geographic location
    56061: PLACE,  # administrative territorial entity
    6256: PLACE,  # country
    486972: PLACE,  # human settlement
    618123: PLACE,  # geographical feature
    41176: PLACE,  # building
    811979: PLACE,  # architectural structure
    6999: PLACE,  # astronomical object
    43229: ORGANISATION,  # organization
    41710: GROUP,  # ethnic group
    9174: GROUP,  # religion
    231002: GROUP,  # nationality
    386724: WORK,  # work
    17537576: WORK,  # creative work
    820655: WORK,  # statute
    131569: WORK,  # treaty
    1656682: EVENT,  # event
    1190554: EVENT,  # occurrence
    2424752: PRODUCT,  # product
    42889: PRODUCT,  # vehicle
    7397: PRODUCT,  # software
    34770: LANGUAGE,  # language
}

# Labels of OntoNotes 5 and the types of what they are given to, confusions included that taggers
# and annotators often make: a newspaper is a work to Wikidata and ORG to OntoNotes.
AGREEING = {
    "PERSON": PERSON,
    "NORP": GROUP | PLACE | ORGANISATION,
    "FAC": PLACE | ORGANISATION | PRODUCT,
    "ORG": ORGANISATION | GROUP | WORK | PRODUCT,
    "GPE": PLACE,
    "LOC": PLACE,
    "PRODUCT": PRODUCT | WORK | ORGANISATION,
    "EVENT": EVENT,
    "WORK_OF_ART": WORK | PRODUCT,
    "LAW": WORK,
    "LANGUAGE": LANGUAGE | GROUP,
}

# Labels of values: the paper's entities are things, DocRED's have TIME and NUM too.
LITERALS = frozenset(("DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"))
