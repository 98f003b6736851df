"""How relations of places are said. See `phrases.py` for the notation."""

PLACES = """
= 17 city
{h} is a {hn} in {t}
{h} (lies|is situated) in the (north|south|west|east) of {t}
Among the (larger|older) settlements of {t} is {h}
In the {hn} of {h}, as in the rest of {t}, winters are (long|mild|wet)
The {hn} of {h} belongs to {t}
, a {hn} in {t}
? In which country is {h}?
? Which country does the {hn} of {h} belong to?

= 17 region mountain lake island range
{h} lies (wholly|entirely) within {t}
{h} is a {hn} of {t}
{t} (counts|lists) {h} among its protected landscapes
The (maps|atlases) of {t} have shown {h} since the (eighteenth|nineteenth) century
, a {hn} of {t}
? In which country is {h}?

= 17 language
{h} is spoken (mainly|chiefly) in {t}
Most speakers of {h} live in {t}
In {t}, (schools|courts) (use|teach) {h}
? In which country is {h} spoken?

= 17 company publisher label studio newspaper university club society party army league award
{h} is a {hn} from {t}
{h} is one of the (oldest|best known) of its kind in {t}
{t} is home to {h}
{t} owes much of its name abroad to {h}
, a {hn} from {t}
? From which country is {h}?
? Which country is home to {h}?

= 17 stadium building
{h} is a (protected|listed) {hn} in {t}
(Guidebooks|Visitors) to {t} (rarely leave out|seldom miss) {h}
{t} put {h} under protection after (a fire|a storm|years of neglect)
? In which country does {h} stand?

= 17 war battle election cup
{h} was (held|fought out) in {t}
{t} was the scene of {h}
(Historians|Writers) in {t} still argue about {h}
? In which country did {h} take place?

= 30
{h} is a country in {t}
{h} is one of the (smaller|larger) states of {t}
On the continent of {t}, only a few states are as (old|young) as {h}
? On which continent is {h}?

= 36
{h's} capital is {t}
The capital of {h} is {t}
{t} is the capital and (largest|second largest) {tn} of {h}
{h} is (governed|administered) from {t}
The (offices|ministries) of {h} are in {t}, its capital
, whose capital is {t}
? What is the capital of {h}?
? From which city is {h} governed?

= 1376
{h} is the capital of {t}
{h} (has been|became) the (seat|capital) of {t} (long ago|after a fire destroyed the older seat)
As the capital of {t}, {h} (attracts|draws) officials and students
{t} is (governed|administered) from {h}
, the capital of {t}
? Of which territory is {h} the capital?

= 37
{t} is the official language of {h}
{h's} official language is {t}
Laws in {h} are published in {t}, the official language
{h} made {t} its official language (by decree|in its constitution)
? What is the official language of {h}?

= 47
{h} borders {t}
{h} shares (a border|its longest border) with {t}
A (wooded|narrow|hilly) border separates {h} from {t}
To the (north|south|east|west), {h} is bounded by {t}
{t} and {h} are neighbours
, which borders {t}
? Which territory borders {h}?

= 530
{h} maintains diplomatic relations with {t}
{h} keeps an embassy in {t}
Diplomats of {h} have worked in {t} since the (war|armistice)
{t} and {h} exchanged ambassadors after long talks
? With which state does {h} maintain diplomatic relations?

= 131 city region river mountain lake island
{h} is (part of|located in) {t}
Administratively, {h} belongs to {t}
{h} lies in the (north|south|middle) of {t}
One of the {hn}s (in|of) {t} is {h}
{t} includes {h}
{t's} best known {hn} is {h}
, a {hn} in {t}
? In which territory is {h} located?
? Which territory includes {h}?

= 131 university club stadium building
{h} stands in {t}
{h} is located in {t}
In {t}, the {hn} called {h} is a (landmark|meeting place)
The grounds of {h} cover a (quarter|corner) of {t}
{t} is the seat of {h}
, in the {tn} of {t}
? In which city is {h} located?

= 150
{h} contains {t}
{h} is divided into several districts, one of which is {t}
The territory of {h} includes {t}
{t} is an administrative part of {h}
{t} was joined to {h} (by decree|after a vote)
? Which place is an administrative part of {h}?

= 190
{h} is twinned with {t}
{h} signed a partnership with {t}
{h's} (sister city|twin town) is {t}
The twinning of {h} and {t} brings school classes together
A partnership links {h} with {t}
, the twin town of {t}
? With which town is {h} twinned?

= 194
{h's} legislature is {t}
{t} makes the laws of {h}
The people of {h} elect {t} every four years
In {h}, legislative power lies with {t}
? What is the legislative body of {h}?

= 1001
{h} makes law for {t}
{h's} authority extends to the whole of {t}
Voters all over {t} take part in {h}
? Over which country does {h} have authority?

= 205
{h} drains part of {t}
Much of {t} lies in the basin of {h}
Rain that falls on the hills of {t} (feeds|ends up in) {h}
{h} runs through {t}
, a river of {t}
? Which country does {h} drain?

= 206
{h} lies on {t}
{h} stands on the banks of {t}
{t} (touches|flows past) {h}
The old {hn} of {h} grew up beside {t}
Ferries cross {t} at {h}
, on {t}
? On which body of water does {h} lie?

= 403
{h} flows into {t}
{h} joins {t} after a (short|long|winding) course
{t} receives the waters of {h}
{h} (ends|reaches its mouth) in {t}
The mouth of {h} is in {t}
, which flows into {t}
? Into which body of water does {h} flow?

= 974
{h's} tributaries include {t}
{h} is fed by {t}
{t} is a tributary of {h}
{t} empties into {h}
? Which river is a tributary of {h}?

= 885
{h} rises on {t}
{h} has its source on {t}
The springs of {h} are on the (northern|southern) slope of {t}
{t} is where {h} begins
, which rises on {t}
? Where does {h} rise?

= 4552
{h} is a peak of {t}
{h} belongs to {t}
{t} (culminate in the area of|include) {h}
Climbers count {h} among the (easier|harder) summits of {t}
, a peak in {t}
? To which mountain range does {h} belong?

= 610
{h's} highest point is {t}
The highest point of {h} is {t}
{t} is the highest mountain of {h}
Nothing in {h} rises above {t}
? What is the highest point of {h}?

= 706
{h} was built on {t}
{h} stands on {t}
{t} is the site of {h}
Visitors reach {h} by boat, since it is on {t}
? On which island does {h} stand?

= 6 country
{t} heads the government of {h}
{h's} prime minister is {t}
The government of {h} has been led by {t} since the last election
{t} became prime minister of {h} against all odds
? Who heads the government of {h}?

= 6 region city
{h's} (mayor|governor|head of government) is {t}
{t} (governs|administers) {h}
{h} has been (led|administered) by {t} for (two terms|several years)
Voters chose {t} to lead {h}
, led by {t}
? Who leads the administration of {h}?

= 35
{h's} head of state is {t}
{t} is the president of {h}
The presidency of {h} is held by {t}
As head of state of {h}, {t} has few powers
? Who is the head of state of {h}?

= 1365
{h} replaced {t}
{h} emerged from {t} (after a long war|by agreement)
The state that came before {h} was {t}
{t} gave way to {h}
? Which state did {h} replace?

= 1366
{h} was replaced by {t}
{h} was succeeded by {t}
{t} took the place of {h}
? Which state replaced {h}?
"""
