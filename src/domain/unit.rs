//! Units (单位), unit groups (单位组) and contacts (联系人): who is told.
//!
//! Must not know: obligations, ladders, how a mail is sent.

use jiff::civil::Date;

use crate::domain::address::Address;

/// Identifies a unit or a group in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId(pub i64);

/// Identifies a contact in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContactId(pub i64);

/// A unit, or a group that stands for its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its key.
    pub id: UnitId,
    /// Full name, unique among names and aliases.
    pub name: String,
    /// Other names it goes by, sorted.
    pub aliases: Vec<String>,
    /// The unit above it.
    pub parent: Option<UnitId>,
    /// Members, sorted by id, without duplicates; empty for a plain unit.
    pub members: Vec<UnitId>,
}

/// A person's post with a mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its key.
    pub id: ContactId,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// Post or name, as it stands in the greeting.
    pub name: String,
    /// Where mail goes.
    pub address: Address,
    /// How high in the unit.
    pub rank: Rank,
    /// When it is away, and who stands in.
    pub away: Option<Away>,
    /// The address is known to bounce: nothing is sent to it until it changes.
    pub suppressed: bool,
}

/// An absence with a delegate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// First day away.
    pub from: Date,
    /// Last day away.
    pub through: Date,
    /// The contact of the same unit who stands in; `None` falls to the next rank.
    pub delegate: Option<ContactId>,
}

impl Away {
    /// True from the first through the last day away.
    pub fn covers(&self, date: Date) -> bool {
        (self.from..=self.through).contains(&date)
    }
}

/// Rank (职级) of a contact within its unit, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rank {
    /// 承办人: does the work.
    Handler,
    /// 负责人: heads the section or unit.
    Head,
    /// 分管领导: the leader in charge.
    Leader,
}

/// The part a unit plays in an obligation, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// 责任单位: does the duty.
    Responsible,
    /// 牵头单位: leads and urges.
    Lead,
    /// 督办单位: supervises; the office that runs this ledger.
    Supervisor,
}

impl Rank {
    /// All ranks, lowest first.
    pub const ALL: [Self; 3] = [Self::Handler, Self::Head, Self::Leader];

    /// The word used in data and configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Handler => "handler",
            Self::Head => "head",
            Self::Leader => "leader",
        }
    }

    /// The Chinese word.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Handler => "承办人",
            Self::Head => "负责人",
            Self::Leader => "分管领导",
        }
    }

    /// Reads either word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.word() == word || rank.chinese() == word)
    }
}

impl Role {
    /// All roles, lowest first.
    pub const ALL: [Self; 3] = [Self::Responsible, Self::Lead, Self::Supervisor];

    /// The word used in data and configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Lead => "lead",
            Self::Supervisor => "supervisor",
        }
    }

    /// The Chinese word.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Responsible => "责任单位",
            Self::Lead => "牵头单位",
            Self::Supervisor => "督办单位",
        }
    }

    /// Reads either word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word || role.chinese() == word)
    }
}
