//! When a higher role may be told, and which role is told when nobody in a lower one can be reached.
//!
//! Must not know: which rung is the newest.

use jiff::civil::Date;

use super::addressee::Addressee;
use super::hours::working_days_from;
use super::planner::AssignmentPlanner;
use super::rung_occurrence::RungOccurrence;
use super::snapshot::is_wanted;
use crate::domain::unit::Role;

impl<'a> AssignmentPlanner<'a> {
    /// The lower role that `role` must wait for; `None` when `role` may be told now.
    ///
    /// A role may be told once the relay has accepted the mail to the role below and the gap of the rung has passed. It
    /// need not wait when no earlier rung tells a lower role, when nobody in the role below can be reached, or when the
    /// rung below is a notice and the unit has acknowledged.
    pub(super) fn role_to_wait_for(
        &mut self,
        occurrence: &RungOccurrence<'a>,
        role: Role,
    ) -> Option<Role> {
        let (lower, below) = self.rung_below(occurrence, role)?;
        let told_on = self
            .history
            .role_told_on(lower, below.place.rung)
            .or_else(|| self.contacts_told_on(&below, lower));
        let Some(told_on) = told_on else {
            if self.nobody_reachable(&below, lower)
                || !is_wanted(self.assignment.state, below.rung.tone)
            {
                return None;
            }
            self.look_again_tomorrow();
            return Some(lower);
        };
        let gap = i64::from(occurrence.rung.gap_working_days);
        let from = working_days_from(self.situation.calendar, told_on, gap)?;
        if from <= self.today {
            return None;
        }
        self.look_again(from);
        Some(lower)
    }

    /// The highest role below `role` that a unit has and that a rung before `occurrence` tells, with the last such
    /// rung.
    fn rung_below(
        &self,
        occurrence: &RungOccurrence<'a>,
        role: Role,
    ) -> Option<(Role, RungOccurrence<'a>)> {
        let lower = Role::ALL.into_iter().rev().filter(|lower| *lower < role);
        let supervisor = self.situation.supervisor;
        let mut with_units =
            lower.filter(|it| !self.assignment.units_in_role(*it, supervisor).is_empty());
        with_units.find_map(|lower| {
            let below = self.occurrences.iter().rev().find(|it| {
                it.place.rung < occurrence.place.rung
                    && it.place.repeat == 0
                    && it.rung.tells(lower)
            });
            below.map(|below| (lower, *below))
        })
    }

    /// The day on which the last addressee of `role` was told of this rung or a later one; `None` while one has not
    /// been told.
    ///
    /// Mail in any role counts: a unit that leads its own assignment gets one mail as the responsible unit, and none as
    /// the lead.
    fn contacts_told_on(&self, occurrence: &RungOccurrence<'a>, role: Role) -> Option<Date> {
        let mut last = None;
        for addressee in self.addressees_in(occurrence, role) {
            let contacts = self.reachable(occurrence, addressee);
            if contacts.is_empty() {
                continue;
            }
            let told = contacts
                .iter()
                .filter_map(|it| self.history.contact_told_on(it.id, occurrence.place.rung));
            last = last.max(Some(told.min()?));
        }
        last
    }

    fn nobody_reachable(&self, occurrence: &RungOccurrence<'a>, role: Role) -> bool {
        let addressees = self.addressees_in(occurrence, role);
        addressees.into_iter().all(|it| self.reachable(occurrence, it).is_empty())
    }

    fn addressees_in(&self, occurrence: &RungOccurrence<'a>, role: Role) -> Vec<Addressee> {
        let mut addressees = self.addressees(&occurrence.rung.audience);
        addressees.retain(|it| it.role == role);
        addressees
    }

    /// Tells the next higher role in which somebody can be reached. The supervisor is told only when the rung speaks of
    /// lateness, so never of an internal target.
    pub(super) fn tell_next_role(
        &mut self,
        occurrence: &RungOccurrence<'a>,
        unreachable: Addressee,
    ) {
        let is_late = occurrence.rung.tone.speaks_of_lateness();
        let may_be_told =
            |role: &Role| *role > unreachable.role && (*role < Role::Supervisor || is_late);
        for role in Role::ALL.into_iter().filter(may_be_told) {
            let mut somebody_is_told = false;
            for addressee in self.addressees(&[(role, unreachable.rank)]) {
                for contact in self.reachable(occurrence, addressee) {
                    let verdict = self.verdict(occurrence, contact, None);
                    self.add_once(occurrence, addressee, Some(contact), verdict);
                    somebody_is_told = true;
                }
            }
            if somebody_is_told {
                return;
            }
        }
    }
}
