//! Reads the data files of an office and merges them with those that ship with the program. Reports the faults of all files
//! together.
//!
//! Must not know: how notices make a calendar.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::calendars;
use super::fault::{ConfigFault, DaysFault, FaultKind};
use super::file::{file_fault, read_file};
use super::settings::DataSources;
use super::{ladders, rules};
use crate::deferred::Deferred;
use crate::domain::calendar::{Notice, Overlay};
use crate::domain::ladder::{Ladders, misfits};
use crate::domain::rule::Rulebook;

/// What is in force beside the settings and the notices that were imported.
#[derive(Debug)]
pub struct Data {
    /// One a year, oldest first; a file of the office replaces the shipped notice of its year.
    pub notices: Vec<Notice>,
    pub local_days: Option<Overlay>,
    /// Names of units with their own days.
    pub unit_days: Vec<(String, Overlay)>,
    pub ladders: Deferred<Ladders>,
    pub rules: Deferred<Rulebook>,
}

/// Reads every file that `sources` names.
///
/// # Errors
///
/// Every fault of every file.
pub fn read(sources: &DataSources) -> Result<Data, Vec<ConfigFault>> {
    let mut reading = DataReader { faults: Vec::new() };
    let notices = reading.notices(sources.calendars.as_deref());
    let local_days = sources.local_days.as_deref();
    let local_days = local_days.and_then(|file| reading.file(file, calendars::read_local));
    let unit_days = reading.unit_days(sources.unit_days.as_deref());
    let ladders = reading.ladders(sources.ladders.as_deref());
    let rules = reading.rules(sources.rules.as_deref());
    let has_own = sources.ladders.is_some() || sources.rules.is_some();
    if has_own && reading.faults.is_empty() {
        reading.refuse_misfits(sources, &rules, &ladders);
    }
    if reading.faults.is_empty() {
        return Ok(Data { notices, local_days, unit_days, ladders, rules });
    }
    Err(reading.faults)
}

/// Replaces the notice of the same year, or adds one.
pub fn put_notice(notices: &mut Vec<Notice>, notice: Notice) {
    notices.retain(|known| known.year != notice.year);
    notices.push(notice);
}

struct DataReader {
    faults: Vec<ConfigFault>,
}

impl DataReader {
    /// What was read; its faults are recorded.
    fn take<T>(&mut self, read: Result<T, Vec<ConfigFault>>) -> Option<T> {
        read.map_err(|faults| self.faults.extend(faults)).ok()
    }

    fn file<T>(
        &mut self,
        path: &Path,
        read: impl FnOnce(&Path, &str) -> Result<T, Vec<ConfigFault>>,
    ) -> Option<T> {
        self.take(read_file(path).map_err(|fault| vec![fault]).and_then(|text| read(path, &text)))
    }

    fn notices(&mut self, folder: Option<&Path>) -> Vec<Notice> {
        let mut notices = self.take(calendars::shipped()).unwrap_or_default();
        for path in self.json_files(folder) {
            if let Some(notice) = self.file(&path, calendars::read) {
                put_notice(&mut notices, notice);
            }
        }
        notices
    }

    fn unit_days(&mut self, folder: Option<&Path>) -> Vec<(String, Overlay)> {
        let mut units = BTreeSet::new();
        let mut days = Vec::new();
        for path in self.json_files(folder) {
            let Some((unit, overlay)) = self.file(&path, calendars::read_unit_days) else {
                continue;
            };
            if units.insert(unit.clone()) {
                days.push((unit, overlay));
            } else {
                self.faults.push(calendars::fault_at(&path, None, DaysFault::UnitTwice { unit }));
            }
        }
        days
    }

    /// A test reads the shipped ladders; without a file of the office they are read when they are needed.
    fn ladders(&mut self, file: Option<&Path>) -> Deferred<Ladders> {
        let shipped = || ladders::shipped().unwrap_or_default();
        let Some(file) = file else { return Deferred::new(move || Ladders::new(shipped())) };
        let own = self.file(file, ladders::read).unwrap_or_default();
        Ladders::new(shipped().into_iter().chain(own)).into()
    }

    /// As [`ladders`](Self::ladders).
    fn rules(&mut self, file: Option<&Path>) -> Deferred<Rulebook> {
        let shipped = || rules::shipped().unwrap_or_default();
        let Some(file) = file else { return Deferred::new(shipped) };
        let own = self.file(file, |path, text| rules::read(path, text, &shipped()));
        own.unwrap_or_else(shipped).into()
    }

    /// Refuses a ladder with a rung outside the term of a rule that uses it, at the office's file that combined them.
    fn refuse_misfits(&mut self, sources: &DataSources, rules: &Rulebook, ladders: &Ladders) {
        let misfits = misfits(rules, ladders);
        if misfits.is_empty() {
            return;
        }
        if let Some(file) = &sources.rules {
            self.file(file, |path, text| Err::<(), _>(rules::misfits(path, text, &misfits)));
        }
        if let (true, Some(file)) = (self.faults.is_empty(), &sources.ladders) {
            self.file(file, |path, text| Err::<(), _>(ladders::misfits(path, text, &misfits)));
        }
    }

    /// The JSON files of a folder, by name.
    fn json_files(&mut self, folder: Option<&Path>) -> Vec<PathBuf> {
        let Some(folder) = folder else { return Vec::new() };
        let listed = std::fs::read_dir(folder).and_then(|entries| {
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
        });
        let listed =
            listed.map_err(|error| vec![file_fault(folder, FaultKind::Unreadable(error.kind()))]);
        let mut files = self.take(listed).unwrap_or_default();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        files
    }
}
