-- 属于: a quota inside a quota (每年不少于4次，其中…不少于2次) names the whole by its reference; the occurrences of the same
-- period belong together, whichever of them opens first. Takes the place of part_of_id, which knew one occurrence only.
ALTER TABLE obligation ADD COLUMN part_of TEXT CHECK (part_of <> '');
UPDATE obligation SET part_of = (SELECT whole.ref FROM obligation AS whole WHERE whole.id = obligation.part_of_id)
WHERE part_of_id IS NOT NULL;
CREATE INDEX obligation_part ON obligation (part_of, occurrence) WHERE part_of IS NOT NULL;
