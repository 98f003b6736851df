-- The queries of corpus.py and annotate.py, each under its name.

-- name: claims
-- Claims that can hold inside a document: both ends occur in the corpus (`items` comes from Python).
-- One scan of the index, so that a shard is joined with megabytes instead of all of Wikidata.
create table claims as
select distinct head, property, tail
from wikidata.claims
semi join items as head_items on head_items.item = claims.head
semi join items as tail_items on tail_items.item = claims.tail
where (best or $all_ranks) and head <> tail
order by head, tail, property;

-- name: held_out_names
-- Pairs of normalised names that a benchmark tests, in both directions.
create table held_out_names as
select head, tail from held_out
union
select tail, head from held_out;

-- name: held_out_items
-- The same pairs as items, where a benchmark gives them.
create table held_out_items as
with pairs as (
  select head_item as head, tail_item as tail from held_out
  where head_item is not null and tail_item is not null
)
select head, tail from pairs
union
select tail, head from pairs;

-- name: names_of_related_items
-- Labels and aliases of the items that some claim relates.
with related as (select head as item from claims union select tail as item from claims)
select item, label as name from wikidata.items semi join related using (item)
where label is not null
union
select item, alias as name from wikidata.aliases semi join related using (item)
order by item, name;

-- name: item_names
-- Those of them, normalised in Python (`named`), that stand in a held-out pair.
create table item_names as
select distinct item, name from named
semi join (select head as name from held_out_names) using (name)
order by item, name;

-- name: entities
-- Entities with an item, numbered as in their document. `linked` is one shard with row numbers.
create temp table entities as
select doc, number, item
from (
  select
    doc,
    unnest(range(len(entities)))::integer as number,
    unnest(list_transform(entities, lambda entity: entity.item)) as item
  from linked
)
where item is not null;

-- name: mentions
-- Where the entities are mentioned, and in which sentence.
create temp table mentions as
select doc, mention.entity as number, mention.start as start_char, mention."end" as end_char,
       mention.sentence as sentence
from (select doc, unnest(mentions) as mention from linked);

-- name: candidates
-- Every relation of every ordered pair of entities of a document: the one join of the shard.
create temp table candidates as
select heads.doc as doc, heads.number as head, tails.number as tail, property,
       heads.item as head_item, tails.item as tail_item
from entities as heads
join entities as tails on tails.doc = heads.doc and tails.number <> heads.number
join claims on claims.head = heads.item and claims.tail = tails.item;

-- name: related_mentions
-- Mentions of the entities that some candidate relates; their surfaces are read in Python.
with related as (
  select doc, head as number from candidates union select doc, tail as number from candidates
)
select doc, number, start_char, end_char from mentions semi join related using (doc, number);

-- name: entity_names
-- Names of such entities that stand in a held-out pair: in the text (`surfaces`) and in Wikidata.
create temp table entity_names as
select doc, number, name from surfaces
semi join (select head as name from held_out_names) using (name)
union
select doc, number, name from entities join item_names using (item);

-- name: leaked
-- Pairs that a benchmark tests, under any of their names or by their items.
create temp table leaked as
with pairs as (select distinct doc, head, tail from candidates)
select distinct pairs.doc as doc, pairs.head as head, pairs.tail as tail
from pairs
join entity_names as heads on heads.doc = pairs.doc and heads.number = pairs.head
join entity_names as tails on tails.doc = pairs.doc and tails.number = pairs.tail
join held_out_names as held on held.head = heads.name and held.tail = tails.name
union
select doc, candidates.head, candidates.tail
from candidates
join held_out_items as held on held.head = head_item and held.tail = tail_item;

-- name: together
-- Pairs that some sentence mentions both of.
create temp table together as
select distinct heads.doc as doc, heads.number as head, tails.number as tail
from mentions as heads
join mentions as tails on tails.doc = heads.doc and tails.sentence = heads.sentence
where heads.number <> tails.number;

-- name: triples
-- All candidates with both flags, in the order in which triples are written.
select doc, head, tail, property, together.doc is not null as intra, leaked.doc is not null as leaked
from candidates
left join together using (doc, head, tail)
left join leaked using (doc, head, tail)
order by doc, head, tail, property;
