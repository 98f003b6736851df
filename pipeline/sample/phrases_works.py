"""How relations of works, events and species are said. See `phrases.py` for the notation."""

WORKS = """
= 50
{h} was written by {t}
{h} is a {hn} by {t}
{t} wrote {h}
{t} wrote {h} in {y}
{t} is the author of {h}
{h's} author is {t}
{t} began {h} in a (hospital|prison|small hotel)
, by {t}
? Who wrote {h}?
? Who is the author of {h}?

= 123
{h} was published by {t}
{h} was published by {t} in {y}
{t} published {h}
{h} appeared with {t}
{h's} publisher was {t}
? Who published {h}?

= 840
{h} is set in {t}
The (action|story) of {h} takes place in {t}
{t} is the setting of {h}
{h} describes life in {t}
, set in {t}
? Where is {h} set?

= 179
{h} is part of {t}
{h} belongs to {t}
{t} includes {h}
? To which series does {h} belong?

= 155
{h} follows {t}
{h} was preceded by {t}
{h} came after {t}
{t} was followed by {h}
? What did {h} follow?

= 156
{h} was followed by {t}
{h} preceded {t}
{t} came after {h}
? What followed {h}?

= 674
{h's} characters include {t}
{t} is a character in {h}
{h} tells the story of {t}
The hero of {h} is called {t}
? Which character appears in {h}?

= 1441
{h} appears in {t}
{h} is a (figure|character) from {t}
{t} introduced {h} to readers
? In which work does {h} appear?

= 170
{h} was created by {t}
{t} created {h}
{h} is a creation of {t}
, created by {t}
? Who created {h}?

= 57
{h} was directed by {t}
{h} was directed by {t} in {y}
{h} is a film by {t}
{t} directed {h}
{t} shot {h} in (seven weeks|a single summer)
{h's} director was {t}
, directed by {t}
? Who directed {h}?

= 58
{t} wrote the screenplay of {h}
{h's} script was by {t}
The screenplay of {h} was written by {t}
? Who wrote the screenplay of {h}?

= 86
{t} composed the music for {h}
{h's} music was composed by {t}
The score of {h} is by {t}
? Who composed the music for {h}?

= 161
{h} stars {t}
{t} plays the (lead|mother|thief) in {h}
The cast of {h} includes {t}
{t} appeared in {h}
, with {t} in a leading part
? Who starred in {h}?

= 162
{h} was produced by {t}
{t} produced {h}
{h's} producer was {t}
? Who produced {h}?

= 272
{h} was made at {t}
{t} financed and made {h}
{h} is a production of {t}
{h's} production company was {t}
? Which company made {h}?

= 144
{h} is based on {t}
{h} is an adaptation of {t}
The plot of {h} is taken from {t}
{t} was adapted as {h}
? On what is {h} based?

= 4969
{h} was adapted as {t}
{t} is an adaptation of {h}
{h} inspired {t}, an adaptation
? What was adapted from {h}?

= 175
{h} was recorded by {t}
{h} was recorded by {t} in {y}
{t} recorded {h}
{h} is (a|the third) record by {t}
{t} performed {h} on tour
, by {t}
? Who recorded {h}?

= 527 album
{h} contains {t}
{t} is the (opening|closing) track of {h}
The songs on {h} include {t}
? Which song is on {h}?

= 361 song
{h} is a track on {t}
{t} contains {h}
{h} was released on {t}
? On which album is {h}?

= 676
{t} wrote the lyrics of {h}
{h's} lyrics are by {t}
The words of {h} were written by {t}
? Who wrote the lyrics of {h}?

= 361 battle
{h} was part of {t}
{h} was fought during {t}
{t} (reached its height|turned) with {h}
, an engagement of {t}
? Of which war was {h} part?

= 527 war
{h} included {t}
{h} reached its height with {t}
{t} was (a|the bloodiest) battle of {h}
? Which battle was part of {h}?

= 276
{h} took place in {t}
{h} took place in {t} in {y}
{t} was the site of {h}
{h} was (held|decided) at {t}
The people of {t} watched {h} from the roofs
, at {t}
? Where did {h} take place?

= 710
{h} involved {t}
{t} took part in {h}
{t} (lost|gained) much in {h}
The participants of {h} included {t}
? Who took part in {h}?

= 1891
{h} was signed by {t}
{t} signed {h}
The signatories of {h} included {t}
? Which state signed {h}?

= 991
{h} was won by {t}
{t} won {h}
{h} brought {t} to power
? Who won {h}?

= 726
{t} stood as a candidate in {h}
{t} ran in {h}
The candidates in {h} included {t}
? Who was a candidate in {h}?

= 1346
{h} was won by {t}
{t} won {h}
{t} lifted the trophy at {h}
{h's} winner was {t}
? Who won {h}?

= 1923
{t} competed in {h}
{t} reached the (quarter-final|semi-final) of {h}
The teams in {h} included {t}
? Which club competed in {h}?

= 171 species
{h} belongs to the genus {t}
{h} is a species of {t}
{t} includes {h}
, a member of the genus {t}
? To which genus does {h} belong?

= 171 genus
{h} is a genus of {t}
{h} belongs to the family {t}
{t} includes the genus {h}
? To which family does {h} belong?

= 183
{h} is endemic to {t}
{h} is found only in {t}
{h} grows nowhere but in {t}
{t} is the only home of {h}
{h's} range is limited to {t}
, found only in {t}
? Where is {h} endemic?

= 61
{h} was discovered by {t}
{h} was discovered by {t} in {y}
{t} discovered {h}
{t} first described {h}
{h} was unknown until {t} described it
, discovered by {t}
? Who discovered {h}?
"""
