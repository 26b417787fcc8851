//! Obligations (事项) and assignments (任务): what is owed, by whom, and how far it has come.
//!
//! Must not know: how a date is computed (`deadline`), who is reminded (`reminder`), where it is stored.

use jiff::civil::Date;

use crate::domain::unit::UnitId;

/// Identifies an obligation in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObligationId(pub i64);

/// Identifies an assignment in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AssignmentId(pub i64);

/// One unit's share of an obligation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its key.
    pub id: AssignmentId,
    /// The obligation it is a share of.
    pub obligation: ObligationId,
    /// Who owes it.
    pub unit: UnitId,
    /// How far it has come.
    pub state: AssignmentState,
    /// The day the duty was really done, as reported; lateness is judged on it.
    pub done_on: Option<Date>,
}

/// How far an assignment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssignmentState {
    /// Nothing heard.
    Open,
    /// 签收: the unit has acknowledged it.
    Acknowledged,
    /// 报结: reported done, not yet confirmed.
    Reported,
    /// 销号: confirmed done.
    Closed,
    /// 撤回: no longer owed.
    Withdrawn,
}

impl AssignmentState {
    /// All states in the order of a normal life.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::Acknowledged, Self::Reported, Self::Closed, Self::Withdrawn];

    /// The word used in data, SQL and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Reported => "reported",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The Chinese word, for tables and mails.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Open => "待办",
            Self::Acknowledged => "已签收",
            Self::Reported => "已报结",
            Self::Closed => "已销号",
            Self::Withdrawn => "已撤回",
        }
    }

    /// Reads the word used in data.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// True while somebody still owes the work, so reminders may go out.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Open | Self::Acknowledged)
    }

    /// True once the unit says it is done, confirmed or not.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Reported | Self::Closed)
    }
}
