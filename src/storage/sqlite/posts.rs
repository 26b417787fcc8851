//! Who leaves a post, and what follows for absences, mail that waits and reminders that were not told.
//!
//! Must not know: who takes over (the domain decides). Callers: the files of this folder, inside their transactions.

use sqlx::{Row as _, SqliteConnection};

use super::outbox::withdraw::take_back;
use super::rows::exactly_one;
use crate::domain::delivery::MessageKey;
use crate::domain::directory::RetiredContact;
use crate::domain::moment::Moment;
use crate::domain::unit::{ContactId, Rank};
use crate::storage::StorageError;

const CONTACT_CALLED: &str = "\
SELECT id FROM contact
WHERE name = $2 AND rank = $3 AND retired_at IS NULL AND unit_id = (SELECT unit.id FROM unit WHERE unit.name = $1 AND unit.retired_at IS NULL)";

const END_ABSENCES: &str = "DELETE FROM absence WHERE contact_id = $1";

const RETIRE_CONTACT: &str =
    "UPDATE contact SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL";

/// The same person in another post is away on the same days.
const TAKE_ABSENCES: &str = "\
UPDATE absence SET contact_id = $2
WHERE contact_id = $1
  AND EXISTS (SELECT 1 FROM contact AS former JOIN contact AS present ON present.address_key = former.address_key
              WHERE former.id = $1 AND present.id = $2)
  AND NOT EXISTS (SELECT 1 FROM absence AS other WHERE other.contact_id = $2)";

/// Whoever stood in for somebody is followed in that, too; nobody stands in for themselves.
const FOLLOW_DELEGATE: &str = "\
UPDATE absence SET delegate_id = CASE WHEN $2 = contact_id THEN NULL ELSE $2 END WHERE delegate_id = $1";

const UNSENT_MESSAGES: &str = "\
SELECT id FROM message
WHERE is_sendable AND state IN ('ready', 'deferred') AND unknowns = 0
  AND (contact_id = $1
       OR EXISTS (SELECT 1 FROM reminder WHERE reminder.message_id = message.id AND reminder.contact_id = $1))
ORDER BY id";

/// What was decided for the contact and not told is decided anew, for whoever holds the post.
const SHARES_NOT_TOLD: &str = "\
SELECT DISTINCT assignment_id FROM reminder
WHERE contact_id = $1 AND state IN ('planned', 'blocked', 'undeliverable') ORDER BY assignment_id";

const VOID_PLANNED: &str = "\
UPDATE reminder SET state = 'void', reason = 'left the post'
WHERE contact_id = $1 AND state IN ('planned', 'blocked')";

const REPLAN_ASSIGNMENT: &str = "\
UPDATE assignment SET next_plan_on = $2
WHERE id = $1 AND is_owed AND (next_plan_on IS NULL OR next_plan_on > $2)";

pub(super) const STATEMENTS: &[&str] = &[
    CONTACT_CALLED,
    END_ABSENCES,
    TAKE_ABSENCES,
    RETIRE_CONTACT,
    FOLLOW_DELEGATE,
    UNSENT_MESSAGES,
    SHARES_NOT_TOLD,
    VOID_PLANNED,
    REPLAN_ASSIGNMENT,
];

/// Ends what is under way to a contact who leaves: mail that waits is cancelled, and what it told is planned again.
pub(super) async fn retire(
    transaction: &mut SqliteConnection,
    contact: ContactId,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(RETIRE_CONTACT).bind(contact.0).bind(now.seconds());
    exactly_one("retire contact", query.execute(&mut *transaction).await?.rows_affected())?;
    let waiting = sqlx::query(UNSENT_MESSAGES).bind(contact.0).fetch_all(&mut *transaction).await?;
    for row in waiting {
        take_back(&mut *transaction, MessageKey(row.try_get("id")?), now).await?;
    }
    let shares = sqlx::query(SHARES_NOT_TOLD).bind(contact.0).fetch_all(&mut *transaction).await?;
    for row in shares {
        replan(&mut *transaction, row.try_get("assignment_id")?, now).await?;
    }
    sqlx::query(VOID_PLANNED).bind(contact.0).execute(transaction).await?;
    Ok(())
}

/// Ends the absences of who has left, and lets the successor stand in where the contact did.
pub(super) async fn follow(
    transaction: &mut SqliteConnection,
    retired: &RetiredContact,
) -> Result<(), StorageError> {
    let successor = match &retired.successor {
        Some((unit, rank, name)) => {
            Some(contact_called(&mut *transaction, unit, *rank, name).await?)
        }
        None => None,
    };
    if let Some(successor) = successor {
        let query = sqlx::query(TAKE_ABSENCES).bind(retired.contact.0).bind(successor);
        query.execute(&mut *transaction).await?;
    }
    end_absences(&mut *transaction, retired.contact.0).await?;
    let query = sqlx::query(FOLLOW_DELEGATE).bind(retired.contact.0).bind(successor);
    query.execute(transaction).await?;
    Ok(())
}

pub(super) async fn contact_called(
    transaction: &mut SqliteConnection,
    unit: &str,
    rank: Rank,
    name: &str,
) -> Result<i64, StorageError> {
    let query = sqlx::query(CONTACT_CALLED).bind(unit).bind(name).bind(rank.word());
    Ok(query.fetch_one(transaction).await?.try_get("id")?)
}

pub(super) async fn end_absences(
    transaction: &mut SqliteConnection,
    contact: i64,
) -> Result<(), StorageError> {
    sqlx::query(END_ABSENCES).bind(contact).execute(transaction).await?;
    Ok(())
}

/// Lets the planner look at a share today.
pub(super) async fn replan(
    transaction: &mut SqliteConnection,
    assignment: i64,
    now: Moment,
) -> Result<(), StorageError> {
    let query = sqlx::query(REPLAN_ASSIGNMENT).bind(assignment).bind(now.today().to_string());
    query.execute(transaction).await?;
    Ok(())
}
