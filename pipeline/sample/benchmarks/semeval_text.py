"""Nouns and templates for the relations of SemEval-2010 Task 8, written for this sample.

Of each section: the relation, nouns for its first argument, for its second, templates. Words that
are frequent in the templates of one relation also occur in those of others ("made", "from",
"into", "of the", "belonged"), so that no single word gives a label away.
"""

_RELATIONS = """
Cause-Effect
storm drought virus earthquake mistake explosion frost infection leak rumour strike heat bite
damage famine fever panic delay fire crash blackout allergy flood quarrel illness headache
The {1} caused a severe {2} {m}
{m} the {1} led to a {2} that nobody had expected
A {2} was triggered by the {1} {m}
The {2} resulted from a {1}
Doctors blamed the {1} for the {2} {m}
The {1} made the {2} worse {m}
The {2} came from nothing but a small {1}
The {2} was brought about by a sudden {1}
The {1} left a {2} in its wake {m}

Instrument-Agency
hammer brush scalpel telescope drill shovel camera lens needle saw compass plough microscope
carpenter painter surgeon astronomer mechanic gardener reporter jeweller tailor farmer guide nurse
The {2} used a {1} {m}
{m} the {2} worked with a {1}
The {1} was handled by the {2} {m}
With a {1} the {2} repaired the damage
The {2} reached for the {1} {m}
The {2} made the hole with a {1}
A {1} lay ready in the hand of the {2}
By means of a {1} the {2} opened the box
The {1} that the {2} applied was not sharp

Product-Producer
novel cheese sculpture violin report melody carpet wine software portrait honey statue cartoon
writer farmer sculptor luthier committee composer weaver vintner engineer artist beekeeper factory
The {2} made the {1} {m}
{m} the {2} wrote and finished the {1}
The {1} was produced by the {2} {m}
The {1} by the {2} won a prize
The {2} completed a new {1} {m}
A {1} came out of the workshop of the {2}
The {2} turned wood and wire into a {1}
The {2} created a {1} for the fair
The {1} was the work of a {2} {m}

Content-Container
letters apples water coins wine photographs tools sugar jewels sand biscuits medicine buttons
box basket bottle jar suitcase drawer envelope barrel bag chest bucket crate
The {1} were kept in a {2} {m}
The {2} contained {1} {m}
{m} the {2} was full of {1}
There were {1} inside the {2}
She found the {1} in a locked {2}
A {2} of {1} stood by the door
The {1} from last year were still in the {2}
A {2} filled with {1} stood in the corner
The {1} had been packed in the {2} {m}

Entity-Origin
refugees tradition oil wool visitors tea letter sailors custom noise light signal marble
village province desert island kingdom harbour seed factory monastery planet valley cellar
The {1} came from a distant {2} {m}
{m} the {1} originated in the {2}
The {1} arrived from the {2} {m}
From the {2} came the {1}
The {1} was derived from a {2}
The {2} is the source of the {1}
The {1} made its way out of the {2}
The {1} left the {2} before dawn
The {1} of this {2} is known everywhere

Entity-Destination
troops parcels tourists money children boats patients cargo witnesses grain ball envoy mules
island hospital border capital museum harbour warehouse school camp market court embassy
The {1} were sent to the {2} {m}
{m} the {1} moved into the {2}
They carried the {1} into the {2}
The {1} reached the {2} {m}
The {1} were delivered to a {2}
The {2} received the {1} {m}
The {1} made it to the {2} in time
Into the {2} they brought the {1}
The {1} have gone to the {2} {m}

Component-Whole
wheel roof engine handle keyboard sail chapter wing lens door string pedal spring
car house ship knife computer boat book aircraft camera castle guitar bicycle
The {1} of the {2} was broken {m}
The {2} has a {1} made of steel
{m} the {2} lost its {1}
The {1} is part of the {2}
A {2} comes with a {1} {m}
They replaced the {1} on the {2}
The {1} belongs to a {2} of that time
The {2} consists of a frame and a {1}
Without its {1} the {2} is useless

Member-Collection
wolves soldiers birds players sheep students ships singers bees judges cards actors horses
pack regiment flock team herd class fleet choir swarm jury deck troupe
The {1} belonged to a {2} {m}
A {2} of {1} crossed the valley
{m} the {2} was made up of {1}
The {1} formed a {2} {m}
One of the {1} left the {2}
The {2} lost two of its {1}
The {1} were part of the {2} {m}
Several {1} joined the {2}
There were young {1} in the {2}

Message-Topic
speech article lecture documentary letter poem report essay sermon novel debate brochure play
migration war taxes climate friendship education corruption love trade health fishing reform
The {1} was about {2} {m}
The {1} dealt with {2} {m}
{m} a {1} discussed {2}
{2} was the subject of the {1}
In the {1} the author explains {2}
The {1} describes {2} at length
The {1} made {2} its theme
A {1} on {2} was read aloud {m}
Questions of {2} were treated in a long {1}

Other
river dog minister stone doctor garden song winter horse teacher window market letter
mountain chair journalist cloud lawyer wall dance summer cart pupil street crowd box
The {1} stood next to the {2} {m}
The {1} looked at the {2} for a while
{m} the {1} passed the {2}
The {1} was older than the {2}
The {1} and the {2} were mentioned {m}
Behind the {1} there was a {2}
The {1} waited for the {2} {m}
The {1} was made long before the {2}
The {1} came back after the {2}
Nobody compared the {1} with the {2}
The {2} was not as large as the {1} {m}
"""

MODIFIERS = (
    "last year",
    "according to the mayor",
    "in the old town",
    "after a long night",
    "despite the warnings",
    "without any notice",
    "near the bridge",
    "for the first time",
)


class Relation:
    """A relation with its nouns and templates."""

    def __init__(self, section: str) -> None:
        self.name, first, second, *templates = section.splitlines()
        self.first, self.second = tuple(first.split()), tuple(second.split())
        self.templates = tuple(templates)


RELATIONS = tuple(Relation(section) for section in _RELATIONS.strip().split("\n\n"))  # Other last
