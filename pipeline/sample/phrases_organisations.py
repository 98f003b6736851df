"""How relations of organisations are said. See `phrases.py` for the notation."""

ORGANISATIONS = """
= 159
{h} is headquartered in {t}
{h} is based in {t}
{h} has its (head office|headquarters) in {t}
{h's} headquarters are in {t}
From its offices in {t}, {h} runs branches (abroad|all over the country)
{t} is the seat of {h}
{h} moved its head office to {t}
, based in {t}
? Where is {h} headquartered?
? In which city is {h} based?

= 112
{h} was founded by {t}
{h} was founded by {t} in {y}
{t} founded {h}
{t} established {h} with (borrowed money|two partners)
{h's} founder was {t}
The founding of {h} by {t} (took three years|surprised the town)
, founded by {t}
? Who founded {h}?
? Who was the founder of {h}?

= 169
{h} is run by {t}
{h's} chief executive is {t}
{t} is the chief executive of {h}
{t} became chief executive of {h} in {y}
The board of {h} appointed {t} as chief executive
, run by {t}
? Who is the chief executive of {h}?

= 488
{h} is chaired by {t}
{h's} chairperson is {t}
{t} chairs {h}
The members of {h} chose {t} as chair
, chaired by {t}
? Who chairs {h}?

= 740
{h} was (set up|formed) in {t}
{h} was formed in {t} in {y}
{h} started (out|its activity) in {t}
It was in {t} that {h} was formed
{h's} first rooms were in {t}, where it was formed
, formed in {t}
? Where was {h} formed?

= 749
{h} is a subsidiary of {t}
{h} belongs to {t}
{h's} parent company is {t}
{t} took over {h} and kept the name
, a subsidiary of {t}
? What is the parent company of {h}?

= 355
{h} controls {t}
{h's} subsidiaries include {t}
{h} acquired {t} and made it a subsidiary
{t} is run as a subsidiary of {h}
? Which company is a subsidiary of {h}?

= 127
{h} is owned by {t}
{h's} owner is {t}
{t} owns {h}
{h} was sold to {t}, its (present|current) owner
, owned by {t}
? Who owns {h}?

= 1830
{h} owns {t}
{h} is the owner of {t}
{h} bought {t} (cheaply|at auction)
{t} is the property of {h}
? What does {h} own?

= 137
{h} is operated by {t}
{h} is (managed|maintained) by {t} under a contract
{t} operates {h}
{h's} operator is {t}
? Who operates {h}?

= 118
{h} plays in {t}
{h} competes in {t}
{h} was (promoted|admitted) to {t}
{t} is the league of {h}
? In which league does {h} play?

= 115
{h's} home ground is {t}
{h} plays its home matches at {t}
{t} is the home of {h}
Home games of {h} are held at {t}
, at home in {t}
? Where does {h} play its home matches?

= 466
{h} is used by {t}
{h} is the home ground of {t}
{t} has played at {h} since the opening
? Which club uses {h}?

= 286
{h} is coached by {t}
{h's} (coach|head coach) is {t}
{t} coaches {h}
{h} hired {t} as coach
, coached by {t}
? Who coaches {h}?

= 527 band
{h's} members include {t}
{h} consists of four musicians, one of them {t}
{t} sings in {h}
The line-up of {h} includes {t}
? Who is a member of {h}?

= 264
{h} is signed to {t}
{h} (recorded|came out) on {t}
{h} was released by {t}
{t} (issued|put out) {h}
{h's} label is {t}
? Which label released {h}?

= 495
{h} comes from {t}
{h} originated in {t}
{h} is a product of {t}
{t} is the country of origin of {h}
? From which country does {h} come?

= 407
{h} was written in {t}
{h} appears in {t}
The language of {h} is {t}
{h} was first printed in {t}
? In which language was {h} written?

= 84
{h} was designed by {t}
{h's} architect was {t}
{t} designed {h}
The plans for {h} were drawn by {t}
{t} won the competition to build {h}
, designed by {t}
? Who designed {h}?

= 138
{h} is named after {t}
{h} takes its name from {t}
{h} was named in honour of {t}
{t} gave the name to {h}
{h's} name recalls {t}
? After what is {h} named?

= 664
{h} is organised by {t}
{t} organises {h}
{h} is held under the rules of {t}, the organiser
? Who organises {h}?

= 176
{h} is manufactured by {t}
{h} was built by {t}
{t} makes {h}
{t} began to build {h} in {y}
{h} left the works of {t} in small numbers
, built by {t}
? Which company makes {h}?

= 178
{h} was developed by {t}
{t} developed {h}
The development of {h} was the work of {t}
? Who developed {h}?
"""
