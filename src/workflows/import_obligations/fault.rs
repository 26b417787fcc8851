//! Why a list of obligations, or a row of it, cannot be taken in.
//!
//! Must not know: how it is worded for people (`cli::message`).

use jiff::civil::Date;

use crate::domain::deadline::DeadlineFault;
use crate::domain::term::Term;
use crate::storage::StorageError;

/// Why a row cannot be taken in; `entry` counts from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {entry}: {kind:?}")]
pub struct ObligationFault {
    /// The row.
    pub entry: usize,
    /// What is wrong with it.
    pub kind: ObligationFaultKind,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObligationFaultKind {
    /// A unit that the ledger does not know.
    UnknownUnit {
        /// True in 牵头单位, false in 责任单位.
        in_lead: bool,
        /// The name.
        name: String,
        /// The most similar known name.
        similar: Option<String>,
    },
    /// Some of a group (有关), or a list that goes on (等): who is meant must be chosen.
    WhichOf {
        /// True in 牵头单位, false in 责任单位.
        in_lead: bool,
        /// The name.
        name: String,
        /// Who can be chosen, as far as it is known.
        members: Vec<String>,
    },
    /// A unit chosen out of a group it does not belong to.
    NotOfGroup {
        /// True in 牵头单位, false in 责任单位.
        in_lead: bool,
        /// The unit.
        name: String,
        /// The group.
        group: String,
        /// Who can be chosen.
        members: Vec<String>,
    },
    /// An internal target (内部目标) for a duty whose document sets the date.
    TargetBesideDate {
        /// The document's term.
        term: Term,
    },
    /// An internal target without a date.
    TargetWithoutDate {
        /// The target.
        term: Term,
    },
    /// A part (其中) of something that is no quota of the same period, or asks for less than its part.
    NoWhole {
        /// The reference given.
        whole: String,
    },
    /// Neither a lead nor a responsible unit: nobody would owe it.
    NobodyOwesIt,
    /// Groups that hold nothing but each other: nobody would owe it.
    EmptyGroups {
        /// True in 牵头单位, false in 责任单位.
        in_lead: bool,
        /// Their names.
        names: Vec<String>,
    },
    /// The same reference as another row of the list.
    SameReference {
        /// The reference.
        reference: String,
        /// The earlier row.
        first: usize,
    },
    /// Neither a term nor a rule.
    NoTerm,
    /// No rule of that name or code.
    UnknownRule {
        /// The name.
        name: String,
        /// The most similar name or code.
        similar: Option<String>,
    },
    /// The rule was not in force on the trigger's day.
    RuleNotInForce {
        /// The rule.
        rule: String,
        /// The day.
        on: Date,
    },
    /// What is to start when this is done is neither a duty nor a rule.
    UnknownNext {
        /// What it names.
        name: String,
        /// The most similar name or code of a rule.
        similar: Option<String>,
    },
    /// What is to start when this is done is the duty itself.
    StartsItself,
    /// A series that another kind of term took the place of, and that this row would take up again.
    SeriesGivenUp {
        /// Full reference of its last occurrence.
        last: String,
    },
    /// No date can be worked out.
    NoDate(DeadlineFault),
}

/// Why a list was not taken in; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportObligationsError {
    /// Rows that cannot be taken in.
    #[error("the list holds {} faults", .0.len())]
    Rejected(Vec<ObligationFault>),
    /// The ledger failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
