//! The alarm of a quota: the rest no longer fits into what is left of its period.
//!
//! Must not know: how events are counted. The alarm is no rung: it stands beside the ladder, sounds once for each number of
//! events held, and never opens the way to a higher role.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::Case;
use super::hours::next_working_day;
use super::step::Step;
use crate::domain::calendar::WorkCalendar;
use crate::domain::ladder::{Rung, Tone};
use crate::domain::unit::{Rank, Role};

/// Stands where a reminder names its rung; no ladder can have a rung with a dot in its name.
pub const RUNG_OF_ALARM: &str = "quota.short";

static RUNG: LazyLock<Rung> = LazyLock::new(|| Rung {
    name: RUNG_OF_ALARM.to_owned(),
    offset: 0,
    audience: vec![
        (Role::Responsible, Rank::Handler),
        (Role::Responsible, Rank::Head),
        (Role::Lead, Rank::Handler),
    ],
    tone: Tone::Warn,
    gap_working_days: 0,
    repeat: None,
});

/// The place of the alarm: on no ladder.
pub(super) const OFF_THE_LADDER: usize = usize::MAX;

/// The alarm of a case as of `today`, or the day on which it will sound; neither when nothing more is to be held.
pub(super) fn alarm(
    case: &Case,
    today: Date,
    calendar: &WorkCalendar,
) -> (Option<Step<'static>>, Option<Date>) {
    // Once the period is over, the ladder speaks of what is late.
    let quota = case.quota.as_ref().filter(|quota| today <= quota.period.last);
    let Some(pace) = quota.map(|quota| quota.progress(today, calendar)) else {
        return (None, None);
    };
    let Some(next_by) = pace.next_by else { return (None, None) };
    let on = next_working_day(calendar, next_by);
    if !pace.no_longer_fits {
        return (None, Some(on));
    }
    (Some(Step { rung: &RUNG, place: OFF_THE_LADDER, repeat: pace.done, on }), None)
}
