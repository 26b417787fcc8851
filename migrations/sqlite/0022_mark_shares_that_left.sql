-- 1 for a share that was withdrawn because its unit is named no more (a list, or a group that it left): named again, the
-- unit owes it again. What a person has struck out is 0 and stays struck out; so is everything from before this column.
ALTER TABLE assignment ADD COLUMN has_left INTEGER NOT NULL DEFAULT 0
    CHECK (has_left = 0 OR (has_left = 1 AND state = 'withdrawn'));
