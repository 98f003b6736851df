"""How relations of people are said. See `phrases.py` for the notation."""

PEOPLE = """
= 19
{h} was born in {t}
{h} was born in {t} in {y}
{t} is the birthplace of {h}
{h} came from a (poor|merchant|farming) family and was born in {t}
Born in {t}, {h} (grew up by the river|was the youngest at school)
The house in {t} where {h} was born (burned down|is now a school)
{h's} birthplace is {t}
, a native of {t}
? Where was {h} born?
? In which town was {h} born?

= 20
{h} died in {t}
{h} died in {t} in {y}
{h} spent the last (weeks|months) in {t} and died there
It was in {t} that {h} died
{t} is where {h} died
{h} fell ill in {t} and never recovered
{h's} death in {t} was (widely mourned|hardly noticed)
? Where did {h} die?

= 22
{h's} father was {t}
{h} was (a|the eldest) child of {t}
{t} was the father of {h}
{h} inherited a love of (music|maps|gardens) from the father, {t}
? Who was the father of {h}?

= 25
{h's} mother was {t}
{h} was raised by the mother, {t}
{t} was the mother of {h}
{t} gave birth to {h} during a (storm|harsh winter)
? Who was the mother of {h}?

= 40
{h} was the parent of {t}
{h's} children included {t}
{t} was a child of {h}
{h} had several children, among them {t}
, a parent of {t}
? Who was a child of {h}?

= 26
{h} married {t}
{h} married {t} in {y}
{h} was married to {t}
{t} and {h} married in a small (chapel|town hall)
{h's} (marriage to|wedding with) {t} was (a quiet affair|the talk of the town)
{h} met {t} at a (ball|lecture) and they married within a year
, married to {t}
? Whom did {h} marry?
? Who was married to {h}?

= 3373
{h's} siblings included {t}
{h} and {t} were siblings
{h} grew up together with a sibling, {t}
{t} was {h's} (favourite|closest) sibling
? Who was a sibling of {h}?

= 27
{h} was a citizen of {t}
{h} held the citizenship of {t}
{h} carried a passport of {t}
{t} counts {h} among its (best known|notable) citizens
? Of which country was {h} a citizen?

= 551
{h} lived in {t} (for many years|from then on)
{h} settled in {t}
{h} made a home in {t}
{t} was home to {h} for (decades|a long time)
{h's} house in {t} is open to visitors
, a resident of {t}
? Where did {h} live?

= 937
{h} worked in {t}
{h} kept (a studio|an office) in {t}
{h's} workplace was in {t}
In {t}, {h} rented a room to work in
? In which town did {h} work?

= 69
{h} studied at {t}
{h} graduated from {t}
{h} graduated from {t} in {y}
{h} (took|received) a degree (from|at) {t}
{t} awarded {h} a degree (with honours|after four years)
{h's} alma mater is {t}
Among the alumni of {t} is {h}
, a graduate of {t}
? Where did {h} study?
? From which university did {h} graduate?

= 108
{h} worked for {t}
{h} was employed by {t}
{h} (joined|entered) the staff of {t}
{t} hired {h} (as an assistant|on probation)
{t} hired {h} in {y}
{h's} employer was {t}
, an employee of {t}
? Who employed {h}?
? For whom did {h} work?

= 102
{h} was a member of {t}
{h} joined {t} in {y}
{h} (represented|stood for) {t} in three elections
{t} expelled and later readmitted {h}
{h's} party was {t}
, a politician of {t}
? Of which party was {h} a member?

= 54
{h} played for {t}
{h} played for {t} from {y}
{h} signed a contract with {t}
{t} signed {h} from a (village|school) team
{h} scored (forty|sixty) goals for {t}
, a player of {t}
? For which club did {h} play?

= 463 person
{h} was a member of {t}
{h} (joined|was admitted to) {t}
{t} elected {h} (unanimously|at the second attempt)
The members of {t} included {h}
, a member of {t}
? Of what was {h} a member?

= 184
{h} wrote a thesis under {t}
{h's} doctoral advisor was {t}
{t} supervised the doctoral thesis of {h}
{h} earned a doctorate under the supervision of {t}
? Who supervised the thesis of {h}?

= 185
{h} supervised the thesis of {t}
{h's} doctoral students included {t}
{t} earned a doctorate under {h}
? Who was a doctoral student of {h}?

= 1066
{h} was a student of {t}
{h} was taught by {t}
{h} learned the (trade|craft) from {t}
{t} was {h's} teacher
? Who taught {h}?

= 802
{h} taught {t}
{h's} pupils included {t}
{t} was a pupil of {h}
? Who was a pupil of {h}?

= 737
{h} was influenced by {t}
{h} named {t} as (a|the main) influence
The influence of {t} on {h} is plain
{t} had a (deep|lasting) influence on {h}
? Who influenced {h}?

= 800
{h's} best known work is {t}
{h} is known for {t}
{h} is remembered (mainly|above all) for {t}
{t} made {h} famous
{t} is considered the major work of {h}
, known for {t}
? For which work is {h} known?

= 166
{h} received {t}
{h} was awarded {t}
{h} won {t} in {y}
{t} went to {h} (that year|in the end)
The jury of {t} chose {h}
, a holder of {t}
? Which award did {h} receive?

= 241
{h} served in {t}
{h} rose through the ranks of {t}
{t} promoted {h} (early|twice)
{h} entered {t} in {y}
, an officer of {t}
? In which force did {h} serve?

= 607
{h} fought in {t}
{h} commanded troops during {t}
{h} was wounded in {t}
During {t}, {h} held (a fortress|the coast)
? In which war did {h} fight?

= 1412
{h} spoke {t}
{h} wrote (letters|diaries) in {t}
{h} was fluent in {t}
{t} was the language {h} used at home
? Which language did {h} speak?

= 1344 person
{h} took part in {t}
{h} was present at {t}
{h} (led|commanded) a wing at {t}
In {t}, {h} (showed courage|kept in the background)
? In which battle did {h} take part?

= 1344 country
{h} took part in {t}
{h} was drawn into {t}
{h} paid a high price in {t}
? In which war did {h} take part?
"""
