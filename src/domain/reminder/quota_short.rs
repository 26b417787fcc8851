//! Warns that the events a quota still requires no longer fit into its period.
//!
//! Must not know: how events are counted. The warning is no rung of the ladder: it is sent once for each count of events,
//! and no higher role waits for it.

use jiff::civil::Date;

use super::addressee::Addressee;
use super::history::{has_bounced, is_final_for, is_waiting, states_of};
use super::hours::next_working_day;
use super::occasion::Occasion;
use super::planner::AssignmentPlanner;
use crate::domain::item::ItemKey;
use crate::domain::ladder::Tone;
use crate::domain::unit::{Rank, Role};

const AUDIENCE: [(Role, Rank); 3] = [
    (Role::Responsible, Rank::Handler),
    (Role::Responsible, Rank::Head),
    (Role::Lead, Rank::Handler),
];

pub(super) const TONE: Tone = Tone::Warn;

/// Whether the warning is due.
enum Warning {
    /// It cannot be due before this day.
    NotBefore(Date),
    Due {
        /// Events done so far.
        done: u32,
    },
}

impl AssignmentPlanner<'_> {
    /// Plans the quota warning beside any rung that is due, because no rung says it.
    pub(super) fn plan_quota_warning(&mut self) {
        let warning = self.quota_warning();
        let occasion = match warning {
            Some(Warning::Due { done }) => Some(Occasion::QuotaShort { done }),
            Some(Warning::NotBefore(_)) | None => None,
        };
        self.void_quota_warnings_except(occasion.as_ref());
        if let Some(Warning::NotBefore(day)) = warning {
            self.look_again(day.max(next_working_day(self.situation.calendar, self.today)));
        }
        if let Some(occasion) = occasion {
            self.items.insert(ItemKey::Quota(self.assignment.assignment));
            for addressee in self.addressees(&AUDIENCE) {
                self.warn(&occasion, addressee);
            }
        }
    }

    fn warn(&mut self, occasion: &Occasion, addressee: Addressee) {
        let mut contacts =
            addressee.reachable_contacts(self.situation.directory, self.today, |it| {
                !has_bounced(self.history.about(occasion), it.id)
            });
        let states = states_of(self.history.about(occasion), addressee);
        if states.iter().any(|state| state.is_final()) {
            contacts.retain(|it| is_waiting(self.history.about(occasion), addressee, it.id));
        }
        for contact in contacts {
            let is_decided = is_final_for(self.history.about(occasion), contact.id)
                || self
                    .reminders
                    .iter()
                    .any(|it| it.contact == Some(contact.id) && it.occasion == *occasion);
            if !is_decided {
                let verdict = self.planned_unless_mailed(occasion, contact.id);
                self.add(occasion.clone(), addressee, TONE, Some(contact), verdict);
            }
        }
    }

    /// `None` for an assignment without a quota, after the period, and when all events are done.
    fn quota_warning(&self) -> Option<Warning> {
        let quota = self.assignment.quota.as_ref();
        // After the period, the rungs of the ladder say what is late.
        let quota = quota.filter(|quota| self.today <= quota.period.last)?;
        let progress = quota.progress(self.today, self.situation.calendar);
        let next_by = progress.next_by?;
        Some(if progress.no_longer_fits {
            Warning::Due { done: progress.done }
        } else {
            Warning::NotBefore(next_working_day(self.situation.calendar, next_by))
        })
    }
}
