"""The properties of the world: numbers, names, types and inverses are Wikidata's own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relation:
    """A property: its number, English name, other names, inverse property and symmetry."""

    number: int
    name: str
    aliases: tuple[str, ...]
    inverse: int | None
    symmetric: bool
    datatype: str


# number | name | aliases | inverse or "=" for a symmetric property
_ITEMS = """
6 | head of government | mayor, prime minister, governor |
17 | country | sovereign state, land |
19 | place of birth | birthplace, born in |
20 | place of death | deathplace, died in |
22 | father | child of, dad | 40
25 | mother | child of, mum | 40
26 | spouse | wife, husband, married to | =
27 | country of citizenship | nationality, citizen of |
30 | continent | part of continent |
31 | instance of | is a, type |
35 | head of state | president, monarch |
36 | capital | seat, capital city | 1376
37 | official language | state language |
40 | child | son, daughter |
47 | shares border with | borders, adjacent to | =
50 | author | written by, writer |
54 | member of sports team | plays for, team |
57 | director | directed by, film director |
58 | screenwriter | screenplay by, script by |
61 | discoverer or inventor | discovered by, inventor |
69 | educated at | alma mater, studied at |
84 | architect | designed by |
86 | composer | music by, soundtrack by |
102 | member of political party | party, party membership |
106 | occupation | profession, job |
108 | employer | works at, works for |
112 | founded by | founder, established by |
115 | home venue | home ground, stadium | 466
118 | league | competition, plays in league |
123 | publisher | published by |
127 | owned by | owner, proprietor | 1830
131 | located in the administrative territorial entity | is located in, city, region |
136 | genre | style, type of work |
137 | operator | operated by, manager |
138 | named after | eponym, named for |
144 | based on | adapted from, source | 4969
150 | contains the administrative territorial entity | contains, districts |
155 | follows | predecessor, preceded by | 156
156 | followed by | successor, next | 155
159 | headquarters location | based in, head office location |
161 | cast member | actor, starring |
162 | producer | produced by |
166 | award received | prize, honour |
169 | chief executive officer | CEO |
170 | creator | created by, made by |
171 | parent taxon | higher taxon, taxon parent |
175 | performer | performed by, artist |
176 | manufacturer | made by, maker |
178 | developer | developed by |
179 | part of the series | series |
183 | endemic to | endemic |
184 | doctoral advisor | supervisor, PhD advisor | 185
185 | doctoral student | PhD student | 184
190 | twinned administrative body | twin town, sister city | =
194 | legislative body | parliament, assembly |
205 | basin country | drainage country |
206 | located in or next to body of water | on river, on lake |
241 | military branch | branch of service |
264 | record label | label |
272 | production company | studio |
276 | location | is in, venue |
279 | subclass of | is a kind of |
286 | head coach | coach, manager |
355 | has subsidiary | subsidiary, child company | 749
361 | part of | is part of | 527
403 | mouth of the watercourse | flows into, outflow | 974
407 | language of work or name | language |
452 | industry | sector |
463 | member of | membership |
466 | occupant | tenant | 115
488 | chairperson | chair, president of organization |
495 | country of origin | comes from |
527 | has part(s) | contains, consists of | 361
530 | diplomatic relation | foreign relations | =
551 | residence | lives in, resident of |
607 | conflict | war, fought in |
610 | highest point | highest mountain |
641 | sport | plays sport |
664 | organizer | organised by |
674 | characters | character | 1441
676 | lyrics by | lyricist |
706 | located in/on physical feature | on island, on mountain |
710 | participant | took part | 1344
726 | candidate | nominee |
737 | influenced by | has influence |
740 | location of formation | formed in, founded in |
749 | parent organization | parent company | 355
800 | notable work | major work, known for |
802 | student | pupil | 1066
840 | narrative location | set in |
885 | origin of the watercourse | source of river |
937 | work location | active in, workplace |
974 | tributary | has tributary | 403
991 | successful candidate | elected person |
1001 | applies to jurisdiction | jurisdiction |
1066 | student of | teacher, pupil of | 802
1344 | participant in | took part in | 710
1346 | winner | won by, champion |
1365 | replaces | predecessor state | 1366
1366 | replaced by | successor state | 1365
1376 | capital of | seat of | 36
1412 | languages spoken, written or signed | language spoken |
1441 | present in work | appears in | 674
1696 | inverse property | inverse of | =
1830 | owner of | owns | 127
1891 | signatory | signed by |
1923 | participating team | competing team |
2302 | property constraint | constraint |
3373 | sibling | brother, sister | =
4552 | mountain range | range |
4969 | derivative work | adaptation | 144
"""

_OTHERS = """
225 | taxon name | scientific name | string
227 | GND ID | GND | external-id
569 | date of birth | birth date | time
570 | date of death | death date | time
571 | inception | founded, date of foundation | time
577 | publication date | release date | time
585 | point in time | date, year | time
856 | official website | homepage | url
1082 | population | number of inhabitants | quantity
2044 | elevation above sea level | altitude | quantity
2043 | length | long | quantity
625 | coordinate location | coordinates | globe-coordinate
1705 | native label | native name | monolingualtext
18 | image | picture | commonsMedia
"""


def _read(lines: str, items: bool) -> dict[int, Relation]:
    relations = {}
    for line in lines.strip().splitlines():
        number, name, aliases, last = (field.strip() for field in line.split("|"))
        relations[int(number)] = Relation(
            number=int(number),
            name=name,
            aliases=tuple(alias.strip() for alias in aliases.split(",")),
            inverse=int(last) if items and last.isdigit() else None,
            symmetric=last == "=",
            datatype="wikibase-item" if items else last,
        )
    return relations


RELATIONS = _read(_ITEMS, items=True)  # values are items
ATTRIBUTES = _read(_OTHERS, items=False)  # values are dates, numbers, strings
