//! Units (单位), unit groups (单位组) and contacts (联系人): who is told.
//!
//! Must not know: obligations, ladders, how a mail is sent.

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::uid::Uid;
use crate::words_of;

/// Identifies a unit or a group in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId(pub i64);

/// Identifies a contact in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContactId(pub i64);

/// Identifies a unit for ever, in this ledger and in its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitUid(pub Uid);

/// Identifies a contact for ever, in this ledger and in its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContactUid(pub Uid);

/// A unit, or a group that stands for its members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its key.
    pub id: UnitId,
    pub uid: UnitUid,
    /// Full name, unique among names and aliases.
    pub name: String,
    /// Other names it goes by, sorted.
    pub aliases: Vec<String>,
    /// The unit above it.
    pub parent: Option<UnitId>,
    /// Members, sorted by id, without duplicates; empty for a plain unit.
    pub members: Vec<UnitId>,
    /// Names it had before, each with the first day on which it no longer held; by day.
    pub former: Vec<(Date, String)>,
    pub standing: Standing,
}

/// Whether a unit still is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    InOffice,
    /// It belongs to another unit now.
    MergedInto(UnitId),
    Retired,
}

impl Unit {
    /// What it was called on this day.
    pub fn name_on(&self, day: Date) -> &str {
        let former = self.former.iter().find(|(until, _)| day < *until);
        former.map_or(self.name.as_str(), |(_, name)| name.as_str())
    }
}

/// A person's post with a mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its key.
    pub id: ContactId,
    pub uid: ContactUid,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// Post or name, as it stands in the greeting.
    pub name: String,
    /// Where mail goes.
    pub address: Address,
    /// How high in the unit.
    pub rank: Rank,
    /// When it is away, and who stands in; by day, no day twice.
    pub away: Vec<Away>,
    /// The address is known to bounce: nothing is sent to it until it changes.
    pub suppressed: bool,
    /// The stored address is not the one that was written: nothing is sent to it until it is written again.
    pub damaged: bool,
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

impl Contact {
    /// The absence on this day.
    pub fn away_on(&self, date: Date) -> Option<&Away> {
        self.away.iter().find(|away| away.covers(date))
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

/// The role of a unit in an obligation, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// 责任单位: does the duty.
    Responsible,
    /// 牵头单位: leads and urges.
    Lead,
    /// 督办单位: supervises; the office that runs this ledger.
    Supervisor,
}

words_of! {
    Rank {
        Handler = "handler", zh = "承办人", en = "handler";
        Head = "head", zh = "负责人", en = "head";
        Leader = "leader", zh = "分管领导", en = "leader";
    }
}

words_of! {
    Role {
        Responsible = "responsible", zh = "责任单位", en = "responsible unit";
        Lead = "lead", zh = "牵头单位", en = "lead unit";
        Supervisor = "supervisor", zh = "督办单位", en = "supervising office";
    }
}
