//! Several statements in one journey to SQLite's thread: there and back costs as much as a statement's run.
//!
//! Must not know: what the statements do. They travel as one text, which the driver cuts at the semicolons and keeps
//! prepared (sqlx does so for SQLite alone); only the numbers of their `$1`, `$2`, … are changed on the way.

use futures_util::TryStreamExt as _;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments as _, AssertSqlSafe, Either, Executor as _, SqliteConnection};

use crate::storage::StorageError;

/// Fails unless the statement before it has changed so many rows: SQLite goes on without waiting for whoever counts them,
/// up to a COMMIT if there is one.
const GUARD: &str = "SELECT 1 WHERE json(iif(changes() = $1, '1', 'the count is wrong')) IS NULL";

/// Statements on their way, each with its values.
#[derive(Debug, Default)]
pub(super) struct Script {
    text: String,
    values: SqliteArguments,
    steps: Vec<Step>,
    fault: Option<sqlx::Error>,
}

/// What is to be made of the end of a statement.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Its rows are an answer.
    Answer,
    /// So are they, and it must have changed so many rows.
    Change(&'static str, usize),
    Guard,
}

impl Script {
    /// Adds a statement; the values bound from here on are its own.
    pub(super) fn add(self, statement: &'static str) -> Self {
        self.push(statement, Step::Answer)
    }

    fn push(mut self, statement: &'static str, step: Step) -> Self {
        let before = self.values.len();
        let mut parts = statement.split('$');
        self.text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            let (number, rest) = part.split_at(digits);
            let number = number.parse().unwrap_or(0_usize).saturating_add(before);
            self.text.push('$');
            self.text.push_str(&number.to_string());
            self.text.push_str(rest);
        }
        self.text.push(';');
        self.steps.push(step);
        self
    }

    /// The next value of the statement added last.
    pub(super) fn bind<T>(mut self, value: T) -> Self
    where
        T: for<'q> sqlx::Encode<'q, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    {
        if let Err(fault) = self.values.add(value) {
            self.fault.get_or_insert(sqlx::Error::Encode(fault));
        }
        self
    }

    /// Holds the statement added last to changing so many rows; else none of those after it is run.
    pub(super) fn must_change(mut self, what: &'static str, rows: usize) -> Self {
        if let Some(last) = self.steps.last_mut() {
            *last = Step::Change(what, rows);
        }
        self.push(GUARD, Step::Guard).bind(i64::try_from(rows).unwrap_or(i64::MAX))
    }

    /// Runs the statements in order; returns the rows of each.
    ///
    /// # Errors
    ///
    /// What SQLite says of the first statement that fails, or [`StorageError::WrongRowCount`]; those after it were not
    /// run, and the caller rolls back those before it.
    pub(super) async fn run(
        self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<Vec<SqliteRow>>, StorageError> {
        if let Some(fault) = self.fault {
            return Err(fault.into());
        }
        let mut all = Vec::with_capacity(self.steps.len());
        if self.steps.is_empty() {
            return Ok(all);
        }
        let query = sqlx::query_with(AssertSqlSafe(self.text), self.values);
        let mut answers = connection.fetch_many(query);
        let mut steps = self.steps.into_iter();
        let mut rows = Vec::new();
        while let Some(answer) = answers.try_next().await? {
            match answer {
                Either::Right(row) => rows.push(row),
                Either::Left(done) => match steps.next() {
                    Some(Step::Guard) => {}
                    Some(Step::Change(what, expected)) => {
                        exactly(what, expected, done.rows_affected())?;
                        all.push(std::mem::take(&mut rows));
                    }
                    Some(Step::Answer) | None => all.push(std::mem::take(&mut rows)),
                },
            }
        }
        Ok(all)
    }
}

/// Holds a step to as many rows as it names.
pub(super) fn exactly(
    what: &'static str,
    expected: usize,
    actual: u64,
) -> Result<(), StorageError> {
    let expected = u64::try_from(expected).unwrap_or(u64::MAX);
    if actual == expected {
        Ok(())
    } else {
        Err(StorageError::WrongRowCount { what, expected, actual })
    }
}

/// Holds a step to one row.
pub(super) fn exactly_one(what: &'static str, actual: u64) -> Result<(), StorageError> {
    exactly(what, 1, actual)
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, Row as _};

    use super::*;

    const TABLE: &str = "CREATE TABLE pair (a INTEGER PRIMARY KEY, b TEXT)";
    const ADD: &str = "INSERT INTO pair (b, a) VALUES ($2, $1)";
    const BETWEEN: &str = "SELECT a, b FROM pair WHERE a >= $1 AND a <= $2 AND $1 <= $2 ORDER BY a";

    async fn pairs() -> SqliteConnection {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        Script::default().add(TABLE).run(&mut connection).await.unwrap();
        connection
    }

    #[tokio::test]
    async fn every_statement_has_its_own_values_and_its_own_rows() {
        let mut connection = pairs().await;
        // the second time the driver has it prepared
        for first in [10, 20] {
            let script = Script::default();
            let script = script.add(ADD).bind(first).bind("$1; one").must_change("add", 1);
            let script = script.add(BETWEEN).bind(first).bind(first + 9);
            let script = script.add("SELECT 1 WHERE 0");
            let script = script.add(ADD).bind(first + 1).bind(None::<String>);
            let script = script.add(BETWEEN).bind(first).bind(first + 9);
            let answers = script.run(&mut connection).await.unwrap();
            let found = answers.iter().map(|rows| rows.iter().map(|row| row.get("a")).collect());
            let found: Vec<Vec<i32>> = found.collect();
            assert_eq!(found, [vec![], vec![first], vec![], vec![], vec![first, first + 1]]);
            assert_eq!(answers[1][0].get::<String, _>("b"), "$1; one");
        }
    }

    #[tokio::test]
    async fn a_statement_that_changes_other_than_it_must_is_an_error() {
        let mut connection = pairs().await;
        let script = Script::default();
        let script = script.add("UPDATE pair SET b = $1").bind("x").must_change("set b", 2);
        let fault = script.run(&mut connection).await.unwrap_err();
        assert_eq!(fault.to_string(), "set b: changed 0 rows instead of 2");
        let fault = Script::default().add(TABLE).run(&mut connection).await.unwrap_err();
        assert!(matches!(fault, StorageError::Unavailable(_)), "{fault}");
        // SQLite does not wait for the count: what comes after must not be there
        let script = Script::default().add("BEGIN").add(ADD).bind(1).bind("one");
        let script = script.must_change("add", 2).add(ADD).bind(2).bind("two").add("COMMIT");
        script.run(&mut connection).await.unwrap_err();
        Script::default().add("ROLLBACK").run(&mut connection).await.unwrap();
        let left = Script::default().add("SELECT 1 FROM pair").run(&mut connection).await.unwrap();
        assert!(left.iter().all(Vec::is_empty), "{}", left.len());
        let nothing = Script::default().run(&mut connection).await.unwrap();
        assert!(nothing.is_empty());
    }
}
