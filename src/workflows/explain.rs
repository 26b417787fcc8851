//! Explains the date of an obligation: with the calendar it was worked out on, or with another kept calendar.
//!
//! Must not know: how the explanation is printed. Callers: `cli`.

use super::context::Context;
use super::names::{directory_for, unit_names};
use super::project;
use super::references::find;
use super::refused::{NotFound, Refused};
use crate::domain::calendar::WorkCalendar;
use crate::domain::deadline::{Calculation, Method};
use crate::domain::directory::Directory;
use crate::domain::explanation::{self, Explanation};
use crate::domain::obligation::Obligation;
use crate::domain::rule::RuleVersion;
use crate::storage::entries::RecordedEntry;

/// The calendar a date is explained with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OnCalendar {
    /// The one the date of the ledger was worked out on.
    #[default]
    OfTheDate,
    /// The one in force.
    InForce,
    /// A kept one, by the first digits of its version.
    Kept(String),
}

/// The explanation of the date of an obligation.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The obligation.
    pub obligation: Obligation,
    /// Every day from the trigger on.
    pub explanation: Explanation,
    /// Lead units as the document names them.
    pub lead: Vec<String>,
    /// Responsible units as the document names them.
    pub responsible: Vec<String>,
    /// Wrong entries that were taken back.
    pub corrected: Vec<RecordedEntry>,
    /// Names their units.
    pub directory: Directory,
    /// The unit whose own calendar the date is worked out on; `None` for the office's.
    pub unit: Option<String>,
    /// Version of the calendar in force for it.
    pub calendar_in_force: String,
    /// Version of its rule in force for it.
    pub rule_in_force: Option<String>,
}

impl Explained {
    /// True when the date in the ledger is the one explained here.
    pub fn agrees_with_ledger(&self) -> bool {
        let argued = self.explanation.clock.deadline();
        argued.map(|deadline| deadline.due) == self.obligation.deadline.map(|deadline| deadline.due)
    }
}

/// Returns one obligation, by key or reference, with the explanation of its date.
///
/// A date is explained with the calendar and the conventions it was worked out with, whatever has changed since. Where the
/// ledger holds none, those in force are used.
///
/// # Errors
///
/// As [`find`]; [`NotFound::Calendar`], [`NotFound::SeveralCalendars`], [`Refused::DamagedCalendar`]; and [`Refused::Deadline`] when there is no date.
pub async fn explain(
    context: Context<'_>,
    asked: &str,
    on: &OnCalendar,
) -> Result<Explained, Refused> {
    let obligation = find(context, asked).await?;
    let mut adjustments = context.store.adjustments(&[obligation.id]).await?;
    let adjustments = adjustments.remove(&obligation.id).unwrap_or_default();
    let directory = directory_for(context.store, obligation.units(), &[]).await?;
    let law = context.law.for_obligation(&directory, &obligation);
    let kept = calendar(context, &obligation, on, law.calendar).await?;
    let now = project::case(law, &obligation.inputs, &adjustments);
    let in_force = Method { counts: now.counts, conventions: now.conventions };
    let of_the_date = obligation.basis.method.filter(|_| *on != OnCalendar::InForce);
    let Method { counts, conventions } = of_the_date.unwrap_or(in_force);
    let case = Calculation {
        // As it stood when the date was worked out, even if the rule says otherwise now.
        term: &obligation.inputs.term,
        calendar: kept.as_ref().unwrap_or(law.calendar),
        counts,
        conventions,
        ..now
    };
    let explanation = explanation::explain(&case)?;
    let rule_version = project::rule_version(context.law, &obligation.inputs);
    let mut corrected = context.store.entries(obligation.id).await?;
    corrected.retain(|entry| entry.is_struck);
    Ok(Explained {
        explanation,
        lead: unit_names(&directory, &obligation.lead),
        responsible: unit_names(&directory, &obligation.responsible),
        unit: law.unit.map(str::to_owned),
        calendar_in_force: law.calendar.version().to_owned(),
        rule_in_force: rule_version.map(RuleVersion::id),
        corrected,
        obligation,
        directory,
    })
}

/// The kept calendar that is asked for; `None` for the one in force.
async fn calendar(
    context: Context<'_>,
    obligation: &Obligation,
    on: &OnCalendar,
    in_force: &WorkCalendar,
) -> Result<Option<WorkCalendar>, Refused> {
    let digits = match on {
        OnCalendar::InForce => return Ok(None),
        OnCalendar::Kept(digits) => digits.as_str(),
        OnCalendar::OfTheDate => match &obligation.basis.calendar_version {
            Some(version) => version.as_str(),
            None => return Ok(None),
        },
    };
    if in_force.version().starts_with(digits) {
        return Ok(None);
    }
    let mut kept = context.store.calendars_by_version(digits).await?;
    match (kept.pop(), kept.is_empty()) {
        (Some((version, body)), true) => {
            body.parse().map(Some).map_err(|_| Refused::DamagedCalendar { version })
        }
        (None, _) if *on == OnCalendar::OfTheDate => Ok(None),
        (last, _) => {
            let asked = digits.to_owned();
            let versions: Vec<String> =
                kept.into_iter().chain(last).map(|(version, _)| version).collect();
            Err(Refused::from(if versions.is_empty() {
                NotFound::Calendar { asked }
            } else {
                NotFound::SeveralCalendars { asked, versions }
            }))
        }
    }
}
