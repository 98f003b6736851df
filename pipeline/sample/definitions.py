"""First sentences of articles.

`{P19}` is the tail of property 19 and `{P27a}` the adjective of that country;
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
{h} ({born}) was a {role} born in {P19}
{h}, {born}, was a {role}
{h} ({born}) was a {role} born in {P19}, {P27}

= company publisher label studio newspaper
{h} is a {P17a} {noun} based in {P159}
{h} is a {noun} in {P159}, {P17}
{h} is a {noun} based in {P159}
{h} is a {P17a} {noun} founded in {year} by {P112}

= university
{h} is a {P17a} university in {P131}
{h} is a university in {P131}, {P17}, founded in {year}
{h} is a university in {P131}, founded in {year}

= club
{h} is a {P17a} football club from {P131} that plays in {P118}
{h} is a football club based in {P159}

= society party
{h} is a {P17a} {noun} chaired by {P488}
{h} is a {noun} in {P17} with its offices in {P159}

= band
{h} was a {P495a} {genre} band formed in {P740}
{h} was a band from {P740}, {P495}
{h} was a {genre} band that recorded for {P264}

= stadium building
{h} is a {noun} in {P131} designed by {P84}
{h} is a {P17a} {noun} in {P131}
{h}, built in {year}, is a {noun} in {P131}

= book
{h} is a {year} novel by {P50}
{h} is a work of {genre} by {P50}, published by {P123}

= series
{h} is a {P495a} book series by {P50}

= film
{h} is a {year} {P495a} {genre} directed by {P57}
{h} is a {P495a} film directed by {P57} and starring {P161}
{h} is a {genre} directed by {P57} and released in {year}

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


def _read(text: str) -> dict[str, tuple[Template, ...]]:
    groups = {}
    for section in text.strip().split("\n\n"):
        header, *lines = section.splitlines()
        groups[header[2:]] = tuple(parse_template(line) for line in lines)
    return groups


DEFINITIONS = {
    kind: templates for kinds, templates in _read(_DEFINITIONS).items() for kind in kinds.split()
}
