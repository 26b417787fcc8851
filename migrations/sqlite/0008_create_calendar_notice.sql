-- Notices (放假安排通知) loaded with `import calendar`, each as the text of its file. Of several for one year the newest
-- (highest id) is in force; none is ever changed or removed, so that every calendar version an obligation was worked
-- out on can be put together again.
CREATE TABLE calendar_notice (
    id               INTEGER PRIMARY KEY,
    year             INTEGER NOT NULL,
    file             TEXT NOT NULL CHECK (file <> ''),
    body             TEXT NOT NULL,
    calendar_version TEXT NOT NULL,
    imported_at      INTEGER NOT NULL,
    imported_by      TEXT NOT NULL
) STRICT;
CREATE INDEX calendar_notice_year ON calendar_notice (year, id);
