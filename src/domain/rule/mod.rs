//! Rules (规则): statutory terms by name, each version with its legal basis and the days it was in force.
//!
//! Must not know: the file they were read from, how a deadline is calculated. Callers: `config` makes the rulebook,
//! workflows choose a version.

mod adjustment_check;
mod counting_law;
mod fault;
mod say;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::domain::deadline::{Adjustment, ChangeKind};
use crate::domain::term::{Period, Term};
use crate::words_of;

pub use crate::domain::deadline::Direction;
pub use adjustment_check::{AdjustmentRefusal, check_adjustment};
pub use counting_law::{CIVIL, CountingLaw};
pub use fault::RuleFault;

/// All rules, by name, and the laws by which days are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rulebook {
    rules: BTreeMap<String, Rule>,
    counting: Vec<CountingLaw>,
}

/// One statutory term through all its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its Chinese name, for people.
    pub name: String,
    /// A short ASCII name that is easier to type (`disclosure`), if it has one.
    pub code: Option<String>,
    /// 起算: the event its term runs from; empty for terms with a named day.
    pub trigger: String,
    /// The ladder of its reminders; `None` leaves the choice to the obligation.
    pub ladder: Option<String>,
    /// True when a report closes it (销号) at once, without a person confirming it.
    pub closes_at_once: bool,
    /// The rules whose terms follow this one.
    pub then: Vec<String>,
    /// When they start.
    pub starts: FollowUpStart,
    /// The [`CountingLaw`] of its days, by name.
    pub counting: String,
    /// Its versions, oldest first, none overlapping; never empty.
    pub versions: Vec<RuleVersion>,
}

/// When the terms that follow an obligation start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FollowUpStart {
    /// On the day it is actually done.
    Done,
    /// On that day or on its due date, whichever is earlier: 期限届满之日起视为受理.
    DoneOrExpiry,
}

/// A rule as it was in force for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleVersion {
    /// First day in force.
    pub from: Date,
    /// Last day in force; `None` while it is in force.
    pub through: Option<Date>,
    pub term: Term,
    pub counts: Direction,
    /// The instrument (规范名称与文号); empty where no law sets the term.
    pub law: String,
    /// The article.
    pub article: String,
    /// How well the figure is established.
    pub evidence: Evidence,
    /// The adjustments that the law allows.
    pub allows: Vec<AllowedAdjustment>,
    /// For the operator; may be empty.
    pub note: String,
}

/// How well a figure is established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// Read in the article and seen on an independent page.
    Confirmed,
    /// Read in the article.
    Text,
    /// Seen on a secondary page only, or local.
    Secondary,
    /// Not verified.
    Unverified,
}

/// An adjustment the law allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedAdjustment {
    pub change: AllowedChange,
    /// The ground it needs (征求第三方意见).
    pub ground: String,
    /// The article.
    pub article: String,
    /// How long the ground may stop the clock; `None` where the law does not say.
    pub within: Option<LawfulTime>,
}

/// How long a clock may stand still on a ground. It decides no date, so it is no part of the version of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawfulTime {
    pub period: Period,
    /// Where the law says so.
    pub article: String,
}

/// What an allowed adjustment does to the clock; a suspended clock may always be resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AllowedChange {
    /// 延期, once, by this period at most.
    Extend(Period),
    Suspend,
    Restart,
}

impl Rulebook {
    /// Checks the rules one by one and together.
    ///
    /// # Errors
    ///
    /// Every [`RuleFault`] found.
    pub fn of(rules: Vec<Rule>, counting: Vec<CountingLaw>) -> Result<Self, Vec<RuleFault>> {
        let mut faults: Vec<RuleFault> = rules.iter().flat_map(Rule::faults).collect();
        if let Some(law) = CountingLaw::first_overlap(&counting) {
            let (name, from) = (law.name.clone(), law.from);
            faults.push(RuleFault::CountingOverlap { name, from });
        }
        let mut book = Self { rules: BTreeMap::new(), counting };
        for rule in rules {
            let name = rule.name.clone();
            if book.rules.insert(name.clone(), rule).is_some() {
                faults.push(RuleFault::Twice(name));
            }
        }
        let mut codes = BTreeSet::new();
        for code in book.rules.values().filter_map(|rule| rule.code.as_ref()) {
            if !codes.insert(code) || book.rules.contains_key(code) {
                faults.push(RuleFault::Twice(code.clone()));
            }
        }
        let is_known =
            |name: &String| name == CIVIL || book.counting.iter().any(|it| it.name == *name);
        for rule in book.rules.values() {
            if !is_known(&rule.counting) {
                let (name, counting) = (rule.name.clone(), rule.counting.clone());
                faults.push(RuleFault::UnknownCounting { name, counting });
            }
            let unknown = rule.then.iter().filter(|then| book.get(then).is_none());
            faults.extend(unknown.map(|then| RuleFault::UnknownNext {
                name: rule.name.clone(),
                then: then.clone(),
            }));
        }
        if faults.is_empty() { Ok(book) } else { Err(faults) }
    }

    /// The rule with this name or code.
    pub fn get(&self, name: &str) -> Option<&Rule> {
        let by_code = || self.iter().find(|rule| rule.code.as_deref() == Some(name));
        self.rules.get(name).or_else(by_code)
    }

    /// Every name and code, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().flat_map(|rule| [rule.name.as_str()].into_iter().chain(rule.code.as_deref()))
    }

    /// All rules, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// The law by which the days of `rule` are counted when they begin on `day`; without a rule, that of civil law. `None` for
    /// a day before the first one that is known.
    pub fn counting_law(&self, rule: Option<&Rule>, day: Date) -> Option<&CountingLaw> {
        let named = |name: &str| {
            self.counting.iter().find(|law| law.name == name && law.is_in_force_on(day))
        };
        rule.and_then(|rule| named(&rule.counting)).or_else(|| named(CIVIL))
    }

    /// This rulebook with `other` and `counting` added; a rule replaces one of the same name, laws on counting all those of the
    /// same name.
    ///
    /// # Errors
    ///
    /// Every [`RuleFault`] of the result.
    pub fn extended(
        &self,
        other: Vec<Rule>,
        counting: Vec<CountingLaw>,
    ) -> Result<Self, Vec<RuleFault>> {
        let replaced: Vec<&str> = other.iter().map(|rule| rule.name.as_str()).collect();
        let kept = self.iter().filter(|rule| !replaced.contains(&rule.name.as_str()));
        let mut rules: Vec<Rule> = kept.cloned().collect();
        rules.extend(other);
        let is_replaced = |law: &&CountingLaw| counting.iter().any(|it| it.name == law.name);
        let kept = self.counting.iter().filter(|law| !is_replaced(law)).cloned();
        let counting = kept.chain(counting.iter().cloned()).collect();
        Self::of(rules, counting)
    }
}

impl Rule {
    /// The code, or the name when there is no code: the ledger stores it.
    pub fn key(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.name)
    }

    /// The version in force on the trigger's day; `None` before the first, after the last and in a gap.
    pub fn on(&self, day: Date) -> Option<&RuleVersion> {
        self.versions.iter().find(|version| {
            version.from <= day && version.through.is_none_or(|through| day <= through)
        })
    }

    /// The newest version.
    pub fn newest(&self) -> Option<&RuleVersion> {
        self.versions.last()
    }

    fn faults(&self) -> Vec<RuleFault> {
        let name = || self.name.clone();
        if self.versions.is_empty() {
            return vec![RuleFault::NoVersion(name())];
        }
        let mut faults = Vec::new();
        let mut free_from = Date::MIN;
        for version in &self.versions {
            let end = version.through.unwrap_or(Date::MAX);
            if version.from < free_from || end < version.from {
                faults.push(RuleFault::Overlap { name: name(), from: version.from });
            }
            free_from = end.tomorrow().unwrap_or(Date::MAX);
            if version.counts == Direction::Before && !version.term.counts_backwards() {
                faults.push(RuleFault::NotBackwards { name: name(), term: version.term.clone() });
            }
        }
        faults
    }
}

impl RuleVersion {
    /// Identifies the version permanently: its first day and eight digits of a hash of everything that decides the date.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{} {:?} {} {}\n", self.term, self.counts, self.law, self.article));
        for AllowedAdjustment { change, ground, article, within: _ } in &self.allows {
            hash.update(format!("{change:?} {ground} {article}\n"));
        }
        let digest = data_encoding::HEXLOWER.encode(&hash.finalize());
        format!("{}-{}", self.from, digest.get(..8).unwrap_or_default())
    }
}

impl RuleVersion {
    /// Instrument and article; `None` where no law sets the term.
    pub fn basis(&self) -> Option<String> {
        (!self.law.is_empty()).then(|| self.cited(&self.article))
    }

    /// The article that allows an adjustment, with its instrument; `None` where none does.
    pub fn basis_of(&self, adjustment: &Adjustment) -> Option<String> {
        let allowed = self.allowed_for(adjustment)?;
        Some(self.cited(&allowed.article))
    }

    /// How long a suspension may last by its ground.
    pub fn lawful_time_of(&self, suspension: &Adjustment) -> Option<&LawfulTime> {
        self.allowed_for(suspension)?.within.as_ref()
    }

    /// What allows an adjustment: the entry with its ground, or the only one of its kind when it gives none.
    pub(super) fn allowed_for(&self, adjustment: &Adjustment) -> Option<&AllowedAdjustment> {
        let mut candidates = self.allows_of(adjustment.change.kind());
        match &adjustment.ground {
            Some(ground) => candidates.find(|allowed| allowed.ground == *ground),
            None => candidates.next().filter(|_| candidates.next().is_none()),
        }
    }

    fn allows_of(&self, kind: ChangeKind) -> impl Iterator<Item = &AllowedAdjustment> {
        self.allows.iter().filter(move |allowed| allowed.change.kind() == kind)
    }

    /// An article of this instrument, or one that names another instrument itself.
    fn cited(&self, article: &str) -> String {
        let law =
            if article.starts_with('第') || !article.contains('第') { &self.law } else { "" };
        format!("{law}{article}")
    }
}

impl AllowedChange {
    pub fn kind(self) -> ChangeKind {
        match self {
            Self::Extend(_) => ChangeKind::Extend,
            Self::Suspend => ChangeKind::Suspend,
            Self::Restart => ChangeKind::Restart,
        }
    }
}

words_of! {
    FollowUpStart {
        Done = "done";
        DoneOrExpiry = "done-or-expiry";
    }
}

words_of! {
    Evidence {
        Confirmed = "confirmed";
        Text = "text";
        Secondary = "secondary";
        Unverified = "unverified";
    }
}
