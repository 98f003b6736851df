"""First sentences of articles, sentences that state no relation, and sentences without names.

In definitions `{P19}` is the tail of property 19 and `{P27a}` the adjective of that country;
`{noun}`, `{role}`, `{born}`, `{year}` and `{genre}` are attributes of the subject. The first
definition of a kind whose properties are all there is used, after a random start.
"""

from pipeline.sample.phrases import Template, parse_template

_DEFINITIONS = """
= country
{h} is a country in {P30}, whose capital is {P36}
{h}, with {P36} as its capital, is a state in {P30}

= realm
{h} was a state governed from {P36} and replaced by {P1366}

= region
{h} is one of the regions of {P17}, with its seat in {P36}
{h} is a region of {P17}

= city
{h} is a {noun} in {P131}, {P17}
{h} is a {noun} on {P206} in {P131}
{h} is a {P17a} {noun} in {P131}

= river lake island
{h} is a {noun} in {P131}, in the {P205a} lowlands
{h} is a {noun} in {P131}, {P17}
{h} is a {noun} of {P131}

= mountain
{h} is a mountain of {P4552} in {P131}
{h} is a mountain in {P131}, {P17}

= range
{h} is a mountain range in {P17} that culminates in {P610}

= language
{h} is a language of {P17}

= person
{h} ({born}) was a {P27a} {role}
{h} ({born}) was a {P27a} {role} born in {P19}
{h} ({born}) was a {role} from {P27}
{h} ({born}) was a {role} born in {P19}, {P27}

= company publisher label studio newspaper
{h} is a {P17a} {noun} based in {P159}
{h} is a {noun} in {P159}, {P17}
{h} is a {P17a} {noun} founded in {year} by {P112}

= university
{h} is a {P17a} university in {P131}
{h} is a university in {P131}, {P17}, founded in {year}

= club
{h} is a {P17a} football club from {P131} that plays in {P118}
{h} is a football club based in {P159}

= society party
{h} is a {P17a} {noun} chaired by {P488}
{h} is a {noun} in {P17} with its offices in {P159}

= band
{h} was a {P495a} {genre} band formed in {P740}
{h} was a band from {P740}, {P495}

= stadium building
{h} is a {noun} in {P131} designed by {P84}
{h} is a {P17a} {noun} in {P131}

= book
{h} is a {year} novel by {P50}
{h} is a work of {genre} by {P50}, published by {P123}

= series
{h} is a {P495a} book series by {P50}

= film
{h} is a {year} {P495a} {genre} directed by {P57}
{h} is a {P495a} film directed by {P57} and starring {P161}

= album song
{h} is a {year} {noun} by {P175}
{h} is a {noun} recorded by {P175} and released by {P264}
{h} is a {noun} from {year}

= character
{h} is a fictional character created by {P170} for {P1441}

= product
{h} is a car made by {P176}

= award
{h} is a {P17a} prize given by {P664}

= war
{h} was a war fought in {P17}

= battle
{h} was a battle of {P361} that took place in {P276}

= treaty
{h} was a peace treaty signed in {P276} by {P1891}

= election
{h} was held in {P17} and won by {P991}

= cup
{h} was a football tournament in {P17}, won by {P1346}

= family
{h} is a family of plants

= genus
{h} is a genus of plants in the family {P171}

= species
{h} is a species of plant endemic to {P183}
{h} is a species of the genus {P171} discovered by {P61}
"""

# Two things that have nothing to do with each other, by the sort of thing they are.
_DISTRACTORS = """
= person person
{a} never met {b}, although both (wrote|said) otherwise
{a} is (sometimes|often) confused with {b}
{a} once shared a train compartment with {b}
Letters that {a} wrote to {b} were sold at auction in {y}
{a} (publicly|repeatedly) disagreed with {b}

= person place
{a} gave a (lecture|speech) in {b} in {y}
{a} declined an invitation to {b}
Contrary to a (legend|rumour), {a} was not born in {b}
{a} passed through {b} on the way to the coast
In {b}, (few|hardly any) people had heard of {a}

= person body
{a} (criticised|praised) {b} in an interview in {y}
{a} turned down an offer from {b}
A lawsuit between {a} and {b} ended without a verdict
{b} refused to print a letter by {a}

= person work
{a} disliked {b}, which was (popular|in fashion) at the time
{a} wrote a short (review|parody) of {b}
{a} was offered a part in {b} but refused

= place place
The road from {a} to {b} was closed until {y}
Few trains run between {a} and {b}
{a} is (older|colder|smaller) than {b}
Traders from {b} came to {a} for the (wool|grain|horse) market
Unlike {b}, {a} was spared by the floods of {y}

= place body
{b} closed its branch in {a} in {y}
A delegation of {b} visited {a}
{b} planned a new office in {a}, but never built it

= place work
{b} was (shown|read) widely in {a}
A copy of {b} is kept in {a}

= body body
{a} and {b} published a joint statement in {y}
{a} lost a lawsuit against {b}
Talks between {a} and {b} failed

= body work
{a} refused to have anything to do with {b}
{a} gave a reception for {b}

= work work
{a} is often compared with {b}
Reviewers preferred {b} to {a}
{a} and {b} were (shown|announced) on the same day
"""

_FILLERS = """
= person
(Little|Not much) is known about those years
A (bronze|marble) bust was unveiled in {y}
The letters were edited in {n} volumes
An illness in {y} interrupted the work for several months
Friends remembered a quiet voice and a habit of walking for hours
The estate was divided among {n} heirs

= place
The (annual|average) rainfall is about {n}0 millimetres
A (flood|fire) in {y} destroyed {n} houses
The census of {y} counted {n},000 inhabitants
(Barley|Flax|Wine) and (wool|timber|honey) have been traded here for centuries
The railway arrived in {y} and brought {n} new workshops
Storks nest on the chimneys of the old mill

= body
In {y} it had {n}00 employees
The statutes were changed in {y} after a long dispute
A strike in {y} lasted {n} days
The archive was damaged by water and restored with {n} volunteers
Membership fees have not risen since {y}

= work
Critics gave it {n} out of a hundred points
A restored edition followed in {y}
About {n},000 copies were sold in the first year
The opening scene lasts {n} minutes
The manuscript was lost for {n} years
"""

SORTS = {
    "person": "person character",
    "place": "country realm region city river lake mountain range island language stadium building",
    "body": "company publisher label studio newspaper university society club league party "
    "parliament army band",
    "work": "book series film album song product award war battle treaty election cup family genus "
    "species",
}
SORT_OF = {kind: sort for sort, kinds in SORTS.items() for kind in kinds.split()}


def _read(text: str) -> dict[str, tuple[Template, ...]]:
    groups = {}
    for section in text.strip().split("\n\n"):
        header, *lines = section.splitlines()
        groups[header[2:]] = tuple(parse_template(line) for line in lines)
    return groups


DEFINITIONS = {
    kind: templates for kinds, templates in _read(_DEFINITIONS).items() for kind in kinds.split()
}
DISTRACTORS = {tuple(sorts.split()): lines for sorts, lines in _read(_DISTRACTORS).items()}
FILLERS = _read(_FILLERS)
