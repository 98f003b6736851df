-- What is loaded where several dumps contain the same entities: one row each, in whatever order the
-- dumps were read. The views part_* hold all that was extracted (pipeline/entities/parts.py).

CREATE OR REPLACE TEMP VIEW read_items AS
SELECT item, min(label) AS label FROM part_items GROUP BY item;

CREATE OR REPLACE TEMP VIEW read_aliases AS
SELECT DISTINCT a.item, a.alias
FROM part_aliases AS a
ANTI JOIN read_items AS i ON a.item = i.item AND a.alias = i.label;

CREATE OR REPLACE TEMP VIEW read_demonyms AS
SELECT DISTINCT item, demonym FROM part_demonyms;

CREATE OR REPLACE TEMP VIEW read_sitelinks AS
SELECT item, min(title) AS title FROM part_sitelinks GROUP BY item;

CREATE OR REPLACE TEMP VIEW read_claims AS
SELECT head, property, tail, max(rank) AS rank, bool_or(best) AS best
FROM part_claims GROUP BY head, property, tail;

CREATE OR REPLACE TEMP VIEW read_properties AS
SELECT
    property, min(name) AS name, min(datatype) AS datatype, min(inverse) AS inverse,
    bool_or("symmetric") AS "symmetric"
FROM part_properties GROUP BY property;

CREATE OR REPLACE TEMP VIEW read_property_aliases AS
SELECT DISTINCT property, alias FROM part_property_aliases;
