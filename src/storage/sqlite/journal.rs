//! Reads the lines of the journal.
//!
//! Must not know: how a line is printed. Callers: other rooms through the trait [`Journal`].

use async_trait::async_trait;

use super::database::Sqlite;
use super::journal_lines::{last_line, line};
use crate::storage::StorageError;
use crate::storage::journal::{Journal, Line};

const LINES_AFTER: &str = "\
SELECT seq, at, action, subject, actor, before, after, reason, actor_salt, before_salt, after_salt, reason_salt,
       actor_digest, before_digest, after_digest, reason_digest, previous_hash, hash
FROM journal WHERE seq > $1 ORDER BY seq LIMIT +$2";

const LINES_OF_SUBJECT: &str = "\
SELECT seq, at, action, subject, actor, before, after, reason, actor_salt, before_salt, after_salt, reason_salt,
       actor_digest, before_digest, after_digest, reason_digest, previous_hash, hash
FROM journal WHERE subject = $1 ORDER BY seq";

pub(super) const STATEMENTS: &[&str] = &[LINES_AFTER, LINES_OF_SUBJECT];

#[async_trait]
impl Journal for Sqlite {
    async fn journal_after(&self, seq: i64, limit: u32) -> Result<Vec<Line>, StorageError> {
        let rows = sqlx::query(LINES_AFTER).bind(seq).bind(limit).fetch_all(&self.reader).await?;
        rows.iter().map(line).collect()
    }

    async fn newest_line(&self) -> Result<Option<(i64, String)>, StorageError> {
        let mut reader = self.reader.acquire().await?;
        last_line(&mut reader).await
    }

    async fn journal_of(&self, subject: &str) -> Result<Vec<Line>, StorageError> {
        let rows = sqlx::query(LINES_OF_SUBJECT).bind(subject).fetch_all(&self.reader).await?;
        rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::journal::Action;
    use crate::domain::moment::Moment;
    use crate::storage::journal::{Entry, FIRST_HASH, Field, verify};
    use crate::storage::sqlite::journal_lines::{append, erase_fields_with};

    fn entry(subject: &str, reason: Option<&str>) -> Entry {
        let at = Moment::from_local(jiff::civil::date(2026, 1, 5).at(9, 0, 0, 0)).unwrap();
        Entry::new(at, Action::Close, subject)
            .by("张三")
            .after(r#"{"a": "\"督办\\"}"#)
            .reason_if_any(reason.map(str::to_owned))
    }

    #[tokio::test]
    async fn whatever_is_written_is_read_as_it_was_hashed() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("ledger.db")).await.unwrap();
        let entries = [entry("a 1", Some("完成\0\u{1F600}\r\n'\"")), entry("", None)];
        for _ in 0..2 {
            let mut transaction = store.begin_write().await.unwrap();
            append(&mut transaction, &entries).await.unwrap();
            transaction.commit().await.unwrap();
        }
        let lines = store.journal_after(0, 10).await.unwrap();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0].reason.text(), Some("完成\u{FFFD}\u{1F600}\r\n'\""));
        assert_eq!(lines[1].reason, Field::Absent);
        assert!(verify((0, FIRST_HASH.to_owned()), &lines).is_ok());
    }

    #[tokio::test]
    async fn erased_texts_are_gone_and_the_chain_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("ledger.db")).await.unwrap();
        let entries = [entry("a 1", Some("答复：Zhang@Unit.example")), entry("b 2", Some("其他"))];
        let mut transaction = store.begin_write().await.unwrap();
        append(&mut transaction, &entries).await.unwrap();
        let sought = ["zhang@unit.example".to_owned(), String::new()];
        assert_eq!(erase_fields_with(&mut transaction, &sought).await.unwrap(), 1);
        transaction.commit().await.unwrap();
        let lines = store.journal_after(0, 10).await.unwrap();
        assert_eq!([lines[0].erased(), lines[1].erased()], [1, 0]);
        assert_eq!(lines[0].reason.text(), None);
        assert_eq!(lines[0].actor.text(), Some("张三"));
        assert!(verify((0, FIRST_HASH.to_owned()), &lines).is_ok());
    }
}
