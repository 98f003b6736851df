-- The queries of corpus.py and annotate.py, each under its name.

-- name: claims
-- Claims that can hold inside a document: both ends occur in the corpus (`corpus_items`).
-- One scan of the index, so that a shard is joined with megabytes instead of all of Wikidata.
-- With $complete also the reverse of a claim whose property Wikidata calls symmetric, or to which
-- it gives an inverse property. `stated` tells which of them stand in Wikidata themselves.
create table claims as
with stated as (
  select head, property, tail
  from wikidata.claims  -- the index has each once
  semi join corpus_items as head_items on head_items.item = claims.head
  semi join corpus_items as tail_items on tail_items.item = claims.tail
  where (best or $all_ranks) and head <> tail
),
reversed as (
  select tail as head, property, head as tail
  from stated join wikidata.properties as properties using (property)
  where "symmetric"
  union
  select tail, inverse, head
  from stated join wikidata.properties as properties using (property)
  where inverse is not null
)
select head, property, tail, true as stated from stated
union all
select head, property, tail, false from reversed anti join stated using (head, property, tail)
where $complete
order by head, tail, property;

-- name: keys
-- Normalised names of the pairs that a benchmark tests, numbered: numbers join faster.
create table keys as
select row_number() over (order by name)::integer as key, name
from (select head as name from held_out union select tail as name from held_out);

-- name: held_out_keys
-- Those pairs, in both directions.
create table held_out_keys as
with pairs as (
  select heads.key as head, tails.key as tail
  from held_out
  join keys as heads on heads.name = held_out.head
  join keys as tails on tails.name = held_out.tail
)
select head, tail from pairs
union
select tail, head from pairs;

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

-- name: names_of_items
-- Labels, aliases and demonyms of the items of the corpus.
select item, label as name from wikidata.items semi join corpus_items using (item)
where label is not null
union all
select item, alias as name from wikidata.aliases semi join corpus_items using (item)
union all
select item, demonym as name from wikidata.demonyms semi join corpus_items using (item);

-- name: item_keys
-- Those of them that a benchmark has, found in Python (`named`).
create table item_keys as
select distinct item, key from named order by item, key;

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
select doc, mention.entity as number, mention.sentence as sentence
from (select doc, unnest(mentions) as mention from linked);

-- name: candidates
-- Every relation of every ordered pair of entities of a document: the one join of the shard.
create temp table candidates as
select heads.doc as doc, heads.number as head, tails.number as tail, property, stated
from entities as heads
join entities as tails on tails.doc = heads.doc and tails.number <> heads.number
join claims on claims.head = heads.item and claims.tail = tails.item;

-- name: surface_keys
-- Of the names in the texts (`surfaces`, normalised in Python) those that a benchmark has.
select surface, key from surfaces join keys using (name);

-- name: entity_keys
-- Names of the entities that a benchmark has: in the text (`mention_keys`) and in Wikidata.
create temp table entity_keys as
select doc, number, key from mention_keys
union
select doc, number, key from entities join item_keys using (item);

-- name: leaked
-- Pairs that a benchmark tests, under any of their names or by their items.
create temp table leaked as
select distinct heads.doc as doc, heads.number as head, tails.number as tail
from entity_keys as heads
join entity_keys as tails on tails.doc = heads.doc and tails.number <> heads.number
join held_out_keys as held on held.head = heads.key and held.tail = tails.key
union
select heads.doc, heads.number, tails.number
from entities as heads
join entities as tails on tails.doc = heads.doc and tails.number <> heads.number
join held_out_items as held on held.head = heads.item and held.tail = tails.item;

-- name: together
-- Of the pairs with a claim those that some sentence mentions both of.
create temp table together as
select distinct doc, head, tail
from (select distinct doc, head, tail from candidates) as pairs
join mentions as heads using (doc)
join mentions as tails using (doc)
where heads.number = head and tails.number = tail and tails.sentence = heads.sentence;

-- name: triples
-- All candidates with both flags, in the order in which triples are written.
select doc, head, tail, property, stated,
       together.doc is not null as intra, leaked.doc is not null as leaked
from candidates
left join together using (doc, head, tail)
left join leaked using (doc, head, tail)
order by doc, head, tail, property;

-- name: ignored
select doc, head, tail from leaked order by doc, head, tail;
