-- The Wikidata index: one DuckDB file, written once by `index`, only read afterwards.
--
-- The views read_* hold what was extracted from the dump (pipeline/entities/parts.py; repeats.sql
-- where several dumps contain the same entities). Every table is sorted by the column that look-ups use, so that DuckDB's zone
-- maps find the few row groups that matter. There is no ART index, primary key or unique
-- constraint: on a billion claims an ART index takes 50 GB of memory to build and makes no look-up
-- faster. Ids are the numbers of Q42 and P17: 32 and 16 bits.

-- All items, with the label in the chosen language, or in "mul" (all languages); null if neither.
CREATE TABLE items AS
SELECT item, label
FROM read_items
ORDER BY item;

-- Further names of items in these languages, each once per item and never the label again.
CREATE TABLE aliases AS
SELECT item, alias
FROM read_aliases
ORDER BY item, alias;

-- What the people of a place are called, and what is theirs ("Finnish"; P1549), in the language.
CREATE TABLE demonyms AS
SELECT item, demonym
FROM read_demonyms
ORDER BY item, demonym;

-- The item's page in the chosen wiki: what hyperlinks are resolved with.
CREATE TABLE sitelinks AS
SELECT item, title
FROM read_sitelinks
ORDER BY item, title;

-- Statements whose value is an item; rank 1 is normal, 2 preferred; deprecated ones are left out.
-- `best` marks what Wikidata calls truthy: of a property the preferred ones, else the normal ones.
CREATE TABLE claims AS
SELECT head, property, tail, rank, best
FROM read_claims
ORDER BY head, property, tail;

-- All properties; `inverse` by P1696, `symmetric` by the constraint in P2302 (a reserved word of SQL: quote it).
CREATE TABLE properties AS
SELECT property, name, datatype, inverse, "symmetric"
FROM read_properties
ORDER BY property;

CREATE TABLE property_aliases AS
SELECT property, alias
FROM read_property_aliases
ORDER BY property, alias;
