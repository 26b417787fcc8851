-- How a date was counted: its direction and how the questions were answered that the law leaves open, as
-- `after first-day-counts event-is-day-zero`. A date that has ended is argued as it was reached, whatever the office has
-- settled since. NULL: worked out before this column.
ALTER TABLE obligation ADD COLUMN method TEXT;
