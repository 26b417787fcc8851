-- Every calendar that dates were worked out on, as its canonical text (src/domain/calendar/text.rs). An obligation names
-- its version, so its date is argued on the same days years later, whatever was imported or shipped since.
CREATE TABLE calendar_version (
    version TEXT PRIMARY KEY,
    body    TEXT NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;
