//! Reminders: assignments for the planner, its plans, what may be composed.
//!
//! Must not know: which rungs are due. Callers: other rooms through the trait [`Reminders`].

pub(super) mod assignments;
pub(super) mod open_shares;
pub(super) mod planned_messages;
pub(super) mod plans;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::civil::Date;

use super::database::Sqlite;
use super::journal_lines;
use crate::domain::ladder::Ladders;
use crate::domain::moment::Moment;
use crate::domain::reminder::Plan;
use crate::domain::unit::{ContactId, UnitId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;
use crate::storage::reminders::{
    AssignmentBatch, LeftOutOfMail, OpenShares, PlanPosition, PlanRecorded, PlannedMessages,
    Reminders,
};

#[async_trait]
impl Reminders for Sqlite {
    async fn assignments_to_plan(
        &self,
        today: Date,
        after: Option<PlanPosition>,
        limit: u32,
        ladders: &Ladders,
    ) -> Result<AssignmentBatch, StorageError> {
        let mut transaction = self.reader.begin().await?;
        assignments::to_plan(&mut transaction, today, after, limit, ladders).await
    }

    async fn clocks_in_hours(
        &self,
        today: Date,
        ladders: &Ladders,
    ) -> Result<AssignmentBatch, StorageError> {
        let mut transaction = self.reader.begin().await?;
        assignments::clocks_in_hours(&mut transaction, today, ladders).await
    }

    async fn assignments_to_plan_through(
        &self,
        day: Date,
        ladders: &Ladders,
    ) -> Result<AssignmentBatch, StorageError> {
        let mut transaction = self.reader.begin().await?;
        assignments::to_plan_through(&mut transaction, day, ladders).await
    }

    async fn contacts_mailed(&self, today: Date) -> Result<BTreeSet<ContactId>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        planned_messages::contacts_mailed(&mut transaction, today).await
    }

    async fn record_plan(
        &self,
        batch: &AssignmentBatch,
        plan: &Plan,
        now: Moment,
        entry: Entry,
    ) -> Result<PlanRecorded, StorageError> {
        let mut transaction = self.begin_write().await?;
        let changed = plans::record(&mut transaction, batch, plan, now).await?;
        if changed > 0 {
            journal_lines::append(&mut transaction, &[entry]).await?;
        }
        transaction.commit().await?;
        Ok(PlanRecorded { changed })
    }

    async fn contacts_to_tell(
        &self,
        today: Date,
        hours_are_open: bool,
    ) -> Result<Vec<ContactId>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        planned_messages::contacts_to_tell(&mut transaction, today, hours_are_open).await
    }

    async fn planned_messages(
        &self,
        today: Date,
        hours_are_open: bool,
        contacts: &[ContactId],
    ) -> Result<PlannedMessages, StorageError> {
        let mut transaction = self.reader.begin().await?;
        planned_messages::planned(&mut transaction, (today, hours_are_open), contacts).await
    }

    async fn left_out_of_mails(&self, today: Date) -> Result<Vec<LeftOutOfMail>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        planned_messages::left_out(&mut transaction, today).await
    }

    async fn messages_written_on(&self, day: Date) -> Result<usize, StorageError> {
        let mut transaction = self.reader.begin().await?;
        planned_messages::written_on(&mut transaction, day).await
    }

    async fn open_shares(
        &self,
        units: &[UnitId],
        due_through: Date,
        limit: u32,
    ) -> Result<BTreeMap<UnitId, OpenShares>, StorageError> {
        let mut transaction = self.reader.begin().await?;
        open_shares::open_shares(&mut transaction, units, due_through, limit).await
    }

    async fn busiest_day(&self, since: Moment) -> Result<usize, StorageError> {
        let mut transaction = self.reader.begin().await?;
        planned_messages::busiest_day(&mut transaction, since).await
    }
}
