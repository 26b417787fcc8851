//! What decides a date: calendars, rules, and the answers to questions that the statutes leave open; and the ladders.
//!
//! Must not know: the files it came from.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::deferred::Deferred;
use crate::domain::calendar::WorkCalendar;
use crate::domain::deadline::Conventions;
use crate::domain::directory::Directory;
use crate::domain::ladder::{Ladders, default_ladder};
use crate::domain::obligation::Obligation;
use crate::domain::rule::{Rule, Rulebook};
use crate::domain::target::InternalTargets;
use crate::domain::term::Term;
use crate::domain::unit::{Unit, UnitId};

/// Everything that decides a date. It is never changed after it was made, since its version is a hash of it.
#[derive(Clone)]
pub struct Law {
    /// All notices merged, with the office's own days.
    pub calendar: WorkCalendar,
    pub ladders: Deferred<Ladders>,
    pub rules: Deferred<Rulebook>,
    /// Answers to the questions that the statutes leave open.
    pub conventions: Conventions,
    /// The dates that the office sets where a document names none. Only obligations registered from now on get them.
    pub targets: InternalTargets,
    /// Calendars of units that keep days of their own, by name of the unit.
    unit_calendars: BTreeMap<String, WorkCalendar>,
    version: OnceLock<String>,
}

/// The law as it stands for one obligation: with the calendar of the unit it belongs to.
#[derive(Clone, Copy)]
pub struct LawOfUnit<'a> {
    pub law: &'a Law,
    /// The calendar that its date is computed on.
    pub calendar: &'a WorkCalendar,
    /// The unit whose own calendar that is; `None` for the office's.
    pub unit: Option<&'a str>,
}

impl Law {
    /// Uses the default conventions, no internal targets, and one calendar for all units.
    pub fn new(
        calendar: WorkCalendar,
        ladders: impl Into<Deferred<Ladders>>,
        rules: impl Into<Deferred<Rulebook>>,
    ) -> Self {
        let (ladders, rules) = (ladders.into(), rules.into());
        let (conventions, unit_calendars) = (Conventions::default(), BTreeMap::new());
        let (targets, version) = (InternalTargets::default(), OnceLock::new());
        Self { calendar, ladders, rules, conventions, targets, unit_calendars, version }
    }

    /// The same with the internal targets of an office.
    #[must_use]
    pub fn with_targets(self, targets: InternalTargets) -> Self {
        Self { targets, ..self }
    }

    /// The same under these conventions.
    #[must_use]
    pub fn under(self, conventions: Conventions) -> Self {
        Self { conventions, version: OnceLock::new(), ..self }
    }

    /// The same with calendars of units that keep days of their own, by name of the unit.
    #[must_use]
    pub fn with_unit_calendars(self, unit_calendars: BTreeMap<String, WorkCalendar>) -> Self {
        Self { unit_calendars, version: OnceLock::new(), ..self }
    }

    /// SHA-256 of everything that decides a date, in hex. Dates computed under another version are computed again.
    pub fn version(&self) -> &str {
        self.version.get_or_init(|| self.hash())
    }

    /// The office's calendar and those of units that keep days of their own.
    pub(super) fn calendars(&self) -> impl Iterator<Item = &WorkCalendar> {
        [&self.calendar].into_iter().chain(self.unit_calendars.values())
    }

    /// The units that keep days of their own.
    pub fn units_with_calendar(&self) -> impl Iterator<Item = &str> {
        self.unit_calendars.keys().map(String::as_str)
    }

    /// The calendar of a unit that keeps days of its own, with the name it has in the configuration.
    pub fn calendar_of(&self, unit: &Unit) -> Option<(&str, &WorkCalendar)> {
        let mut names = [&unit.name].into_iter().chain(&unit.aliases);
        let found = names.find_map(|name| self.unit_calendars.get_key_value(name));
        found.map(|(name, calendar)| (name.as_str(), calendar))
    }

    /// The law for an obligation of these units: on the calendar of the first lead unit, or without one of the first responsible
    /// unit, if that unit keeps days of its own; else on the office's.
    ///
    /// Reading: who leads answers for the date, and one obligation has one date
    /// (held by `a_duty_is_counted_on_the_calendar_of_the_unit_that_leads_it`).
    pub fn for_units(
        &self,
        directory: &Directory,
        lead: &[UnitId],
        responsible: &[UnitId],
    ) -> LawOfUnit<'_> {
        let first = lead.first().or(responsible.first());
        let unit = first.and_then(|unit| directory.unit(*unit));
        match unit.and_then(|unit| self.calendar_of(unit)) {
            Some((unit, calendar)) => LawOfUnit { law: self, calendar, unit: Some(unit) },
            None => LawOfUnit { law: self, calendar: &self.calendar, unit: None },
        }
    }

    /// The law for an obligation of the ledger.
    pub fn for_obligation(&self, directory: &Directory, obligation: &Obligation) -> LawOfUnit<'_> {
        self.for_units(directory, &obligation.lead, &obligation.responsible)
    }

    fn hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("calendar {}\n", self.calendar.version()));
        for (unit, calendar) in &self.unit_calendars {
            hash.update(format!("calendar {unit} {}\n", calendar.version()));
        }
        for rule in self.rules.iter() {
            for version in &rule.versions {
                hash.update(format!(
                    "rule {} {} {:?}\n",
                    rule.key(),
                    version.id(),
                    version.through
                ));
            }
        }
        let Conventions { suspension, before } = self.conventions;
        hash.update(format!("conventions {} {}\n", suspension.word(), before.word()));
        HEXLOWER.encode(&hash.finalize())
    }
}

/// The ladder of an obligation: that of its rule, else the default of its kind of term; empty for a term without a date.
pub(super) fn ladder_name(rule: Option<&Rule>, term: &Term) -> String {
    let by_rule = rule.and_then(|rule| rule.ladder.as_deref());
    by_rule.or_else(|| default_ladder(term)).unwrap_or_default().to_owned()
}
