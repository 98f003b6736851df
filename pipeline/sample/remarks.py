"""Sentences that state no relation: about two unconnected things, or without any names.

They keep the reader honest: two entities in one sentence need not be related, and words such as
"born" or "chief executive" need not state what they seem to.
"""

from pipeline.sample.phrases import Template, parse_template

# Two things that have nothing to do with each other, by the sort of thing they are.
_DISTRACTORS = """
= person person
{a} never met {b}, although both (wrote|said) otherwise
{a} is (sometimes|often) confused with {b}
{a} once shared a train compartment with {b}
Letters that {a} wrote to {b} were sold at auction in {y}
{a} (publicly|repeatedly) disagreed with {b}
Rumours that {a} had married {b} turned out to be false
{a} was offered a place in the workshop of {b} but stayed at home
In the newspapers of {y}, {a} and {b} were praised in the same breath

= person place
{a} gave a (lecture|speech) in {b} in {y}
{a} declined an invitation to {b}
Contrary to a (legend|rumour), {a} was not born in {b}
{a} passed through {b} on the way to the coast
In {b}, (few|hardly any) people had heard of {a}
{a} thought of moving to {b} but never did
A street in {b} was almost renamed after {a} in {y}

= person body
{a} (criticised|praised) {b} in an interview in {y}
{a} turned down an offer from {b}
A lawsuit between {a} and {b} ended without a verdict
{b} refused to print a letter by {a}
{a} applied for a post at {b}, without success
{a} was invited to lead {b} but refused

= person work
{a} disliked {b}, which was (popular|in fashion) at the time
{a} wrote a short (review|parody) of {b}
{a} was offered a part in {b} but refused
{a} falsely claimed to have written {b}

= person event
{a} was too young to remember {b}
{a} wrote a ballad about {b}
{a} missed {b} because of an illness

= person taxon
{a} kept a dried specimen of {b}
{a} drew {b} from memory

= place place
The road from {a} to {b} was closed until {y}
Few trains run between {a} and {b}
{a} is (older|colder|smaller) than {b}
Traders from {b} came to {a} for the (wool|grain|horse) market
Unlike {b}, {a} was spared by the floods of {y}
A plan to join {a} to {b} was dropped in {y}

= place body
{b} closed its branch in {a} in {y}
A delegation of {b} visited {a}
{b} planned a new office in {a}, but never built it
Protests in {a} were directed against {b}

= place work
{b} was (shown|read) widely in {a}
A copy of {b} is kept in {a}
In {a}, {b} was banned until {y}

= place event
News of {b} reached {a} within a week
Refugees of {b} were fed in {a}

= place taxon
{b} does not occur in {a}
A poster of {b} hangs in the town hall of {a}

= person nature
{a} (painted|photographed) {b} several times
{a} wrote a poem about {b}
{a} was afraid of {b}

= place nature
{b} cannot be seen from {a}
Maps of {y} show {b} on the wrong side of {a}

= nature nature
{a} is often drawn together with {b} on old maps
{a} is far from {b}

= body nature
{a} used {b} on a calendar
{a} paid for a survey of {b}

= work nature
{a} opens with a view of {b}
A picture of {b} is on the cover of {a}

= event nature
{a} was remembered when {b} froze over

= taxon nature
{a} was never found near {b}

= body body
{a} and {b} published a joint statement in {y}
{a} lost a lawsuit against {b}
Talks between {a} and {b} failed
A plan to sell {a} to {b} came to nothing

= body work
{a} refused to have anything to do with {b}
{a} gave a reception for {b}
{a} turned {b} down in {y}

= body event
{a} suffered losses during {b}
{a} remained neutral in the dispute about {b}

= person thing
{a} made jokes about {b}
{a} never cared for {b}

= place thing
{b} is named on a sign in {a}
In {a}, {b} was unknown until {y}

= body thing
{a} paid for an advertisement beside a picture of {b}
{a} wrote an angry letter about {b}

= work thing
A joke about {b} was cut from {a}

= work work
{a} is often compared with {b}
Reviewers preferred {b} to {a}
{a} and {b} were (shown|announced) on the same day

= work event
{a} was finished before anyone spoke of {b}
A scene about {b} was cut from {a}

= event event
{a} is less well known than {b}
Veterans of {a} and of {b} met in {y}

= taxon taxon
{a} is easily mistaken for {b}
{a} flowers later than {b}

= work taxon
A drawing of {b} is on the cover of {a}
"""

_FILLERS = """
= person
(Little|Not much) is known about those years, since most of the papers were lost in a fire
A (bronze|marble) bust was unveiled in {y} in front of the old town hall
The letters were edited in {n} volumes, the last of which appeared in {y}
An illness in {y} interrupted the work for several months
A portrait from {y} shows a dark coat and a small dog
Taxes were paid late in {n} of those years
A cookery book of {n} recipes was printed for the family only
The garden, with {n} sorts of roses, was sold in {y}
Friends remembered a quiet voice, a sharp memory and a habit of walking for hours
The estate was divided among {n} heirs, none of whom kept the house
A diary of {n} pages was found behind a stove and published without changes
School reports from {y} praise the handwriting and complain about everything else

= place
The (annual|average) rainfall is about {n}0 millimetres, most of which falls in autumn
A (flood|fire) in {y} destroyed {n} houses and the oldest of the bridges
The census of {y} counted {n},000 inhabitants, more than ever before or since
(Barley|Flax|Wine) and (wool|timber|honey) have been traded here for centuries
A savings bank, {n} shops and a swimming pool were opened in {y}
The local dialect has {n} words for mud and none for hurry
A fair with {n} stalls is held at the end of the harvest
The fortifications were taken down in {y} and turned into a park
The railway arrived in {y} and brought {n} new workshops within a few years
Storks nest on the chimneys of the old mill, which has not worked since {y}
A weekly market is held on the square in front of the church
Excavations in {y} uncovered {n} graves and the remains of a wooden wall

= nature
Fishing and bathing have been forbidden here since {y}
A cold wind from the north keeps the snow until late in spring
The first survey of {y} was wrong by {n} per cent
A painting from {y} shows sheep, a broken tree and {n} clouds
The geology is simple: limestone on top and {n} metres of clay below
Foxes, hares and some {n} kinds of birds live in the area
A hut for {n} hikers was built in {y} and burned down a year later

= body
In {y} it moved into rooms with {n} windows, half of them painted shut
The statutes were changed in {y} after a long dispute about the annual report
A strike in {y} lasted {n} days and ended without a settlement
The archive was damaged by water and restored with the help of {n} volunteers
Membership fees have not risen since {y}, although costs have doubled
A seal with three keys has been in use since {y}
Its annual ball, first held in {y}, has {n} rules of dress
A pension fund was set up in {y} and dissolved {n} months later
The entrance hall was repainted in {y}, in a colour nobody had chosen
The oldest surviving account book begins in {y} and has {n} blank pages

= work
Critics gave it {n} out of a hundred points and complained about its length
A restored edition followed in {y}, with notes and {n} illustrations
About {n},000 copies were sold in the first year, far more than expected
The opening takes {n} minutes and has hardly any words
The manuscript was lost for {n} years before a cleaner found it in a cupboard
Posters from {y} misspell the title in {n} ways
A parody of {n} lines circulated for years
The first version was {n} times longer
Censors removed {n} words and added one
Two endings were prepared, and the sadder one was chosen at the last moment

= event
Heavy rain made the roads impassable for {n} days
Newspapers printed {n} different accounts of what had happened
A commission sat for {n} weeks in {y} and published no report
Schoolchildren learned the date, {n} figures and one joke about it
The cost was put at {n} million, not counting the horses
Photographs taken on that day were published in {y}
A stone with {n} names was put up in {y} and moved twice since
Songs about those days were sung in the taverns for a long time

= thing
A stamp with its picture was issued in {y} and sold {n},000 times
A museum shows {n} objects connected with it
The rules were simplified in {y}
It was forgotten for {n} years and then came back into fashion
Its name is often misspelt, even on the official papers of {y}
A book of {n} pages about it appeared in {y}

= taxon
The leaves are about {n} millimetres long and covered with fine hair
It flowers for {n} days in early summer, sooner in warm years
A count in {y} found fewer than {n}00 plants
The seeds are carried by ants and stay alive for up to {n} months
Goats eat it, cows avoid it
It was grown in {n} gardens around {y}
The scent is strongest at night
It prefers damp soil, half shade and a little lime
"""

# Put in front of or behind a sentence; they say nothing about the relation.
_BEFORE = """
According to the parish register
By all accounts
As far as the records show
In the opinion of most historians
After some hesitation
To the surprise of many
At a time when travel was slow and expensive
As a guidebook of {y} puts it
In spite of several obstacles
For reasons that were never explained
"""
_BEHIND = """
as several letters of that time show
although the records are incomplete
a fact that guidebooks like to repeat
which was unusual at the time
if the chronicle of {y} can be trusted
as was announced in {y}
and little has changed since
to general surprise
a point on which all sources agree
which led to a long debate in the newspapers
"""

SORTS = {
    "person": "person character",
    "place": "country realm region city island stadium building",
    "nature": "river lake mountain range",
    "body": "company publisher label studio newspaper university society club league party "
    "parliament army band",
    "work": "book series film album song",
    "thing": "product award language",
    "event": "war battle treaty election cup",
    "taxon": "family genus species",
}
SORT_OF = {kind: sort for sort, kinds in SORTS.items() for kind in kinds.split()}


def _read(text: str) -> dict[str, tuple[Template, ...]]:
    groups = {}
    for section in text.strip().split("\n\n"):
        header, *lines = section.splitlines()
        groups[header[2:]] = tuple(parse_template(line) for line in lines)
    return groups


DISTRACTORS = {tuple(sorts.split()): lines for sorts, lines in _read(_DISTRACTORS).items()}
FILLERS = _read(_FILLERS)
BEFORE = tuple(parse_template(f"{line}, ") for line in _BEFORE.strip().splitlines())
BEHIND = tuple(parse_template(f", {line}") for line in _BEHIND.strip().splitlines())
