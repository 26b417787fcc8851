//! Assignments for the planner, its plans, and the planned messages.
//!
//! Must not know: SQL, what a rung means, how a mail looks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::Date;

use crate::domain::deadline::Deadline;
use crate::domain::ladder::{Ladder, Ladders, Tone};
use crate::domain::moment::Moment;
use crate::domain::obligation::{
    AssignmentId, AssignmentState, DateChange, Obligation, ObligationId,
};
use crate::domain::reminder::{
    AssignmentSnapshot, Haste, Occasion, Plan, PlannedCorrection, ReminderKey,
};
use crate::domain::unit::{ContactId, Rank, Role, UnitId};
use crate::storage::StorageError;
use crate::storage::journal::Entry;

/// Some assignments with all that the planner asks about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssignmentBatch {
    /// In order of their assignments. `leads` are as the document names them: groups are not expanded.
    pub assignments: Vec<AssignmentSnapshot>,
    /// Obligations that have not started before, with the ladder they start on; recording a plan freezes it.
    pub starting: BTreeMap<ObligationId, Arc<Ladder>>,
    /// Obligations whose ladder is not loaded, with its name; their assignments are not among the cases.
    pub without_ladder: BTreeMap<ObligationId, String>,
    /// Where the batch ends, to go on after; `None` when it is empty.
    pub last: Option<PlanPosition>,
}

/// A place in the order in which assignments are planned: by the day on which they are due to be planned, then by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanPosition {
    pub day: Date,
    pub assignment: AssignmentId,
}

/// What recording a plan changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanRecorded {
    /// Reminders that were not on record as decided now.
    pub changed: u64,
}

/// Planned reminders that may be sealed, with the obligations they are about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedMessages {
    /// In order of the contacts; one for each mailbox, and what cannot wait for it beside it.
    pub messages: Vec<PlannedMessage>,
    pub obligations: BTreeMap<ObligationId, Obligation>,
}

/// What those who read one mailbox are to be told in one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedMessage {
    /// The first of them; the message goes to the address as it is written there.
    pub contact: ContactId,
    pub haste: Haste,
    /// What can still be met first, by date; then what is late; at last dates that have changed. Never empty.
    pub reminders: Vec<PlannedReminder>,
    /// Message-IDs of the mails that this address has had about the obligation of the first reminder, oldest first. The
    /// others do not count: one mail belongs to one thread, that of the matter its subject begins with.
    pub thread: Vec<String>,
}

/// A planned reminder with what its message says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedReminder {
    pub key: ReminderKey,
    /// Who is told, among those who read the mailbox.
    pub contact: ContactId,
    pub obligation: ObligationId,
    /// Whose share it is about.
    pub assignment: AssignmentId,
    /// In which role the contact is told.
    pub role: Role,
    /// The rank the rung asked for.
    pub rank: Rank,
    pub tone: Tone,
    pub occasion: Occasion,
    /// The contact has heard nothing of this share before.
    pub is_first: bool,
    /// How often it has been in a message before: one that was taken back, or that nobody got.
    pub sealings: u32,
    /// Others who are or were told of the same rung of the same assignment.
    pub also_told: Vec<ContactId>,
    /// When a mail to the contact first had no room for this share, if none has told of it since.
    pub left_out: Option<Moment>,
    /// For the notice of a change: the dates this contact was last told, else the first ones, and what moved them.
    pub change: Option<PlannedChange>,
    /// For a correction: what is right.
    pub correction: Option<PlannedCorrection>,
}

/// A change of dates as its letter tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    pub change: DateChange,
    /// When the contact was last told anything under the dates before.
    pub said_on: Option<Date>,
    /// The contact was told that it is late.
    pub was_called_late: bool,
    pub changed_on: Date,
}

/// Reminders that had no room in the last mail to their contact, and are still to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutOfMail {
    pub unit: String,
    pub contact: String,
    pub reminders: u64,
    /// When the first of them was left out.
    pub since: Moment,
}

/// A duty that a unit owes, or the first of several occurrences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenShare {
    pub reference: String,
    pub title: String,
    /// How many occurrences of this series the unit owes.
    pub occurrences: usize,
    pub deadline: Deadline,
    pub state: AssignmentState,
}

/// What a unit owes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenShares {
    /// By due date.
    pub first: Vec<OpenShare>,
    /// How many there are, each series once.
    pub total: usize,
}

#[async_trait]
pub trait Reminders: Send + Sync {
    /// Returns up to `limit` assignments after `after` that the planner has to look at on `today`. An obligation that has
    /// not started takes its ladder from `ladders`.
    ///
    /// The cost follows what is to be looked at, not what is stored.
    async fn assignments_to_plan(
        &self,
        today: Date,
        after: Option<PlanPosition>,
        limit: u32,
        ladders: &Ladders,
    ) -> Result<AssignmentBatch, StorageError>;

    /// Returns the assignments whose clock runs in hours and that the planner has to look at on `today`.
    async fn clocks_in_hours(
        &self,
        today: Date,
        ladders: &Ladders,
    ) -> Result<AssignmentBatch, StorageError>;

    /// Returns every assignment that the planner has to look at by that day.
    async fn assignments_to_plan_through(
        &self,
        day: Date,
        ladders: &Ladders,
    ) -> Result<AssignmentBatch, StorageError>;

    /// Returns the contacts who may get no further reminder mail on `today`: they have had one, or one is on its way.
    async fn contacts_mailed(&self, today: Date) -> Result<BTreeSet<ContactId>, StorageError>;

    /// Puts a plan made of `batch` on record: reminders by their keys, the next look of each assignment, what needs a
    /// person. The same plan again changes nothing. `entry` is written down when a reminder changed.
    ///
    /// A reminder that has been sealed since, or is final, stays as it is; so does the planning day of an assignment whose
    /// dates have moved since.
    async fn record_plan(
        &self,
        batch: &AssignmentBatch,
        plan: &Plan,
        now: Moment,
        entry: Entry,
    ) -> Result<PlanRecorded, StorageError>;

    /// Returns one contact of each mailbox for which something may be sealed on `today`, by key: planned reminders of work that is still owed and
    /// not silenced, for contacts who can be reached. A contact who has had the mail of this day gets only what goes out beside
    /// it; outside mail hours only clocks in hours are told.
    async fn contacts_to_tell(
        &self,
        today: Date,
        hours_are_open: bool,
    ) -> Result<Vec<ContactId>, StorageError>;

    /// Returns what may be sealed on `today` for the mailboxes of these contacts.
    async fn planned_messages(
        &self,
        today: Date,
        hours_are_open: bool,
        contacts: &[ContactId],
    ) -> Result<PlannedMessages, StorageError>;

    /// Returns what had no room in the mails to those who can be reached, by contact.
    async fn left_out_of_mails(&self, today: Date) -> Result<Vec<LeftOutOfMail>, StorageError>;

    /// Returns how many reminder mails were written for that day.
    async fn messages_written_on(&self, day: Date) -> Result<usize, StorageError>;

    /// Returns what each of these units owes or has reported and is due through this day, at most `limit` for each.
    async fn open_shares(
        &self,
        units: &[UnitId],
        due_through: Date,
        limit: u32,
    ) -> Result<BTreeMap<UnitId, OpenShares>, StorageError>;

    /// Returns how many reminder mails went out on the busiest day since then; 0 when none did.
    async fn busiest_day(&self, since: Moment) -> Result<usize, StorageError>;
}
