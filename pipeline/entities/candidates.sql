-- What names and titles may mean: made once per corpus, then searched for each shard's.
--
-- Given: `wikidata` (the index), and the views pages, redirects, anchors (from `parse`), titles
-- (titles and link targets of the corpus), surfaces (names of the corpus), both with their place in a
-- sorted table, excluded_classes and type_roots. All sums are of integers, so that
-- the number of threads cannot change a bit.

-- Items that are about Wikimedia's pages or about names, not about the world.
CREATE TEMP TABLE excluded AS
SELECT DISTINCT head AS item
FROM wikidata.claims
WHERE property = 31 AND tail IN (SELECT class FROM excluded_classes);

-- All steps of the redirects of each title. Chains longer than 8 do not exist in a living wiki, so
-- a longer one is a circle: it ends here, and its last step leads to no page.
CREATE TEMP TABLE steps AS
WITH RECURSIVE chain(title, page, step) AS (
    SELECT title, target, 1 FROM redirects
    UNION ALL
    SELECT chain.title, redirects.target, chain.step + 1
    FROM chain JOIN redirects ON redirects.title = chain.page
    WHERE chain.step < 8
),
wanted AS (
    SELECT title FROM titles
    UNION SELECT target FROM anchors
    UNION SELECT title FROM redirects
)
SELECT title, title AS page, 0 AS step FROM wanted
UNION ALL
SELECT title, page, step FROM chain;

-- Titles that lead to a page which only lists meanings.
CREATE TEMP TABLE ambiguous AS
SELECT DISTINCT steps.title
FROM steps JOIN pages ON pages.title = steps.page
WHERE pages.disambiguation;

-- The item of each title: of the first step that has one. (A redirect can have an item of its own:
-- that of a person whose page is about a couple.)
CREATE TEMP TABLE by_sitelink AS
SELECT steps.title, min((steps.step::UBIGINT << 32) | sitelinks.item) & 4294967295 AS item
FROM steps JOIN wikidata.sitelinks AS sitelinks ON sitelinks.title = steps.page
WHERE steps.title NOT IN (FROM ambiguous)
GROUP BY steps.title;

-- How often an item is the tail of a claim, but for classes, which are tails of very many and are
-- rarely named.
CREATE TEMP TABLE claimed AS
SELECT tail AS item, count(*) AS number
FROM wikidata.claims WHERE property NOT IN (31, 279)
GROUP BY tail;

-- An excerpt of the dump, or an old page, lacks the sitelink, and an excerpt of Wikipedia the
-- redirects: then the only item with that label, else the only one with that alias, or one that is
-- ten times better known than the next. If the title is a page or redirect of the corpus, only an
-- item without a page of its own. Of titles with a sitelink, 99.7 % of 15,366 are the only item's
-- with that label, 99.6 % of 1,976 the only one's with that alias, 96 % of 281 the best known one's
-- with that label (python -m benchmarks.titles).
CREATE TEMP TABLE by_label AS
WITH wanted AS (
    SELECT title, page, step FROM steps
    WHERE title NOT IN (SELECT title FROM by_sitelink) AND title NOT IN (FROM ambiguous)
),
names AS (  -- of some hundred million few are wanted: each kind is cut down before they meet
    SELECT upper(label[1]) || label[2:] AS page, item, 0 AS kind FROM wikidata.items
    WHERE page IN (SELECT page FROM wanted)
    UNION
    SELECT upper(alias[1]) || alias[2:] AS page, item, 1 FROM wikidata.aliases
    WHERE page IN (SELECT page FROM wanted)
),
ranked AS (
    SELECT
        page, kind, item, coalesce(claimed.number, 0) AS number,
        row_number() OVER best AS rank, coalesce(lead(claimed.number) OVER best, 0) AS next,
        count(*) OVER (PARTITION BY page, kind) AS meanings,
        min(kind) OVER (PARTITION BY page) AS first_kind
    FROM names
    ANTI JOIN excluded USING (item)
    LEFT JOIN claimed USING (item)
    WINDOW best AS (PARTITION BY page, kind ORDER BY claimed.number DESC NULLS LAST, item)
),
chosen AS (
    SELECT page, kind, item FROM ranked
    WHERE kind = first_kind AND rank = 1 AND (meanings = 1 OR number >= 10 * greatest(next, 1))
        AND (page NOT IN (SELECT title FROM pages UNION ALL SELECT title FROM redirects)
            OR item NOT IN (SELECT item FROM wikidata.sitelinks))
)
SELECT
    wanted.title,
    min((wanted.step::UBIGINT << 40) | (chosen.kind::UBIGINT << 32) | chosen.item) & 4294967295
        AS item
FROM wanted JOIN chosen USING (page)
GROUP BY wanted.title;

CREATE TEMP TABLE resolved AS
SELECT title, item::UINTEGER AS item, true AS by_sitelink FROM by_sitelink
WHERE item NOT IN (FROM excluded)
UNION ALL
SELECT title, item::UINTEGER AS item, false AS by_sitelink FROM by_label;

-- Everything that says a name of the corpus may mean an item, as counts by kind of evidence.
CREATE TEMP TABLE evidence AS
WITH said AS (
    SELECT anchors.surface AS name, resolved.item, anchors.count AS anchors, 0 AS named
    FROM anchors JOIN resolved ON resolved.title = anchors.target
    UNION ALL
    -- the page "Paris" is about what the name means by itself, the page "Paris (band)" is not
    SELECT title, item, 0, 500 FROM wikidata.sitelinks
    UNION ALL
    -- titles begin with a capital letter, common nouns do not
    SELECT lower(title[1]) || title[2:], item, 0, 300 FROM wikidata.sitelinks
    WHERE NOT regexp_matches(title[2:], '[A-Z]')
    UNION ALL
    SELECT regexp_replace(title, ' \([^()]*\)$', ''), item, 0, 100
    FROM wikidata.sitelinks WHERE title LIKE '%)'
    UNION ALL
    SELECT redirects.title, resolved.item, 0, 300
    FROM redirects JOIN resolved ON resolved.title = redirects.title
    UNION ALL
    SELECT lower(title[1]) || title[2:], resolved.item, 0, 200
    FROM redirects JOIN resolved USING (title)
    WHERE NOT regexp_matches(title[2:], '[A-Z]')
    UNION ALL
    SELECT label, item, 0, 200 FROM wikidata.items WHERE label IS NOT NULL
    UNION ALL
    SELECT alias, item, 0, 100 FROM wikidata.aliases
    UNION ALL
    -- "German" alone is the language; a tagged people or nationality stands for its country
    SELECT demonym, item, 0, 300 FROM wikidata.demonyms
)
SELECT place, item, sum(anchors)::BIGINT AS anchors, sum(named)::BIGINT AS named
FROM said JOIN surfaces USING (name)
WHERE item NOT IN (FROM excluded)
GROUP BY place, item;

-- How well known an item is: hyperlinks to it, and claims with it as the tail.
CREATE TEMP TABLE popularity AS
WITH candidates AS (SELECT DISTINCT item FROM evidence),
linked AS (
    SELECT resolved.item, sum(anchors.count)::BIGINT AS number
    FROM anchors JOIN resolved ON resolved.title = anchors.target
    GROUP BY resolved.item
)
SELECT item, 1 + coalesce(linked.number, 0) + coalesce(claimed.number, 0) AS number
FROM candidates LEFT JOIN linked USING (item) LEFT JOIN claimed USING (item);

-- Hyperlinks with that text which lead to no item of the index.
CREATE TEMP TABLE lost AS
SELECT place, sum(count)::BIGINT AS anchors
FROM anchors
JOIN surfaces ON surfaces.name = anchors.surface
ANTI JOIN resolved ON resolved.title = anchors.target
GROUP BY place;

-- Classes below each root, by "subclass of", as one bit per type (pipeline/entities/types.py).
CREATE TEMP TABLE class_types AS
WITH RECURSIVE below(class, type) AS (
    SELECT class, type FROM type_roots
    UNION
    SELECT claims.head, below.type
    FROM below JOIN wikidata.claims AS claims ON claims.tail = below.class
    WHERE claims.property = 279 AND claims.best
)
SELECT class, bit_or(type) AS types FROM below GROUP BY class;

-- The types of the items that occur here; 0 where Wikidata has no class, or none of a known type.
CREATE TEMP TABLE item_types AS
WITH occurring AS (SELECT item FROM evidence UNION SELECT item FROM resolved)
SELECT occurring.item, coalesce(bit_or(class_types.types), 0)::UTINYINT AS types
FROM occurring
LEFT JOIN wikidata.claims AS claims
    ON claims.head = occurring.item AND claims.property = 31 AND claims.best
LEFT JOIN class_types ON class_types.class = claims.tail
GROUP BY occurring.item;

-- What a title or link target of the corpus is: one row per title that has an item, and item 0 for
-- those that lead to a page which lists meanings. In two steps: each join holds a table in memory.
CREATE TEMP TABLE asked AS
SELECT place, item, by_sitelink FROM resolved JOIN titles USING (title);

CREATE TEMP TABLE targets AS
SELECT place, item, by_sitelink, types, coalesce(items.label, '') AS label
FROM asked JOIN item_types USING (item) JOIN wikidata.items AS items USING (item)
UNION ALL
SELECT place, 0, false, 0, '' FROM ambiguous JOIN titles USING (title);

-- What a name of the corpus may mean. The evidence for an item weighs 1000 per hyperlink with that
-- text, and that of titles, labels and aliases in proportion to how well known the item is among
-- those of that name and to the digits of how well known it is: an alias of a country is more often
-- meant than one of a village, against all that the index does not know. `rest` is the weight of
-- all else: 200 for what the index does not know (it makes a name that is only an alias of one
-- obscure item a weak link), hyperlinks elsewhere, and candidates beyond the best ones.
CREATE TEMP TABLE weighed AS
WITH shares AS (
    SELECT
        place, item, anchors, named, popularity.number AS known,
        sum(popularity.number) OVER (PARTITION BY place) AS all_known
    FROM evidence JOIN popularity USING (item)
),
weights AS (
    SELECT
        place, item,
        (1000 * anchors + named * known * (3 + length(bin(known))) // (4 * all_known))::BIGINT
            AS weight
    FROM shares
)
SELECT
    place, item, weight, sum(weight) OVER (PARTITION BY place) AS all_weight,
    row_number() OVER (PARTITION BY place ORDER BY weight DESC, item) AS rank
FROM weights
WHERE weight > 0;

CREATE TEMP TABLE names AS
SELECT
    place, item, weight, types,
    (all_weight - sum(weight) OVER (PARTITION BY place) + 200 + 1000 * coalesce(lost.anchors, 0))
        ::BIGINT AS rest
FROM weighed JOIN item_types USING (item) LEFT JOIN lost USING (place)
WHERE rank <= getvariable('max_candidates');

-- What is left is sorted: it needs the memory that all else would hold.
DROP TABLE weighed;
DROP TABLE asked;
DROP TABLE item_types;
DROP TABLE lost;
DROP TABLE popularity;
DROP TABLE evidence;
DROP TABLE resolved;
DROP TABLE by_label;
DROP TABLE claimed;
DROP TABLE by_sitelink;
DROP TABLE steps;
DROP TABLE surfaces;
DROP TABLE titles;
