//! The steps of a share, and who can be reached for one.

use jiff::civil::Date;

use super::ladders::Ladder;
use super::planner::{Addressee, Due, LEAD, Occasion, Planner, RESPONSIBLE, Rank, Role};

impl Planner {
    pub(super) fn ladder(&self, share: usize) -> Option<&Ladder> {
        self.ladders.get(self.duty(share).ladder()?)
    }

    /// The steps of a share with their days, in the order of the ladder.
    pub(super) fn steps(&self, share: usize) -> Vec<Due> {
        let (Some(act_by), Some(ladder)) = (self.act_by(share), self.ladder(share)) else {
            return Vec::new();
        };
        let (duty, Some(opened)) = (self.duty(share), self.shares[share].opened) else {
            return Vec::new();
        };
        let registered = self.days.on_or_after(opened);
        let first_late = ladder.iter().position(|step| step.at > 0);
        let mut all = Vec::new();
        for (place, step) in ladder.iter().enumerate() {
            let by_date = self.days.shift(act_by, step.at);
            // What was late when it was registered climbs as if its date had passed on the day before.
            let on = if step.at > 0 && act_by < registered {
                by_date.max(self.days.shift(registered, step.at - 1))
            } else {
                by_date
            };
            let mut due = Due { place, repeat: 0, on, after: None, is_at_once: false };
            if let Some(ends_at) = duty.ends_at {
                if step.at <= 0 {
                    due = Due { on: on.min(duty.registered), is_at_once: true, ..due };
                } else if Some(place) == first_late {
                    due = Due { on: ends_at.date(), after: Some(ends_at), is_at_once: true, ..due };
                }
            }
            all.push(due);
            let mut before = on;
            for repeat in 1..=step.most_repeats {
                // A repeat counts from the last one told.
                let told = self.last_told(share, Occasion::Step { place, repeat: repeat - 1 });
                let base = told.map_or(before, |told| told.max(before));
                let on = self.days.shift(base, step.repeat_every);
                all.push(Due { place, repeat, on, after: None, is_at_once: false });
                before = on;
            }
        }
        all
    }

    pub(super) fn last_told(&self, share: usize, occasion: Occasion) -> Option<Date> {
        let version = self.duty(share).version;
        let told = self.shares[share].told.iter();
        told.filter(|it| it.version == version && it.occasion == occasion).map(|it| it.on).max()
    }

    /// True when somebody hears of this share today or later without anybody doing anything.
    pub(super) fn has_a_step_ahead(&self, share: usize, today: Date) -> bool {
        let is_silent = self.duty(share).silent_until.is_some_and(|until| until > today);
        let mut steps = self.steps(share).into_iter();
        steps.any(|step| is_silent || step.on >= today)
            || self.shares[share].slots.values().any(|slot| !slot.waiting.is_empty())
    }

    pub(super) fn addressees(&self, share: usize, audience: &[(Role, Rank)]) -> Vec<Addressee> {
        let mut all = Vec::new();
        for (role, rank) in audience {
            let units = self.units_in_role(share, *role);
            all.extend(units.into_iter().map(|unit| Addressee { role: *role, unit, rank: *rank }));
        }
        all.sort_unstable();
        all
    }

    pub(super) fn units_in_role(&self, share: usize, role: Role) -> Vec<usize> {
        let duty = self.duty(share);
        let unit = self.shares[share].unit;
        match role {
            RESPONSIBLE => vec![unit],
            // Units that lead and owe a duty together do not hear of each other's lateness.
            LEAD if duty.leads.contains(&unit) => {
                let leads = duty.leads.iter().copied();
                leads.filter(|it| *it == unit || !duty.responsible.contains(it)).collect()
            }
            LEAD => duty.leads.clone(),
            _ => vec![self.supervisor],
        }
    }

    /// Those who can be reached: of the rank, else of the next higher one, else of the next lower one; for who is away the one
    /// who stands in.
    pub(super) fn reachable(&self, addressee: Addressee, today: Date) -> Vec<usize> {
        let ranks = (addressee.rank..=2).chain((0..addressee.rank).rev());
        for rank in ranks {
            let mut found: Vec<usize> = Vec::new();
            for (index, contact) in self.contacts.iter().enumerate() {
                if contact.unit != addressee.unit || contact.rank != rank {
                    continue;
                }
                let stands_in = match contact.away {
                    Some((from, through, delegate)) if (from..=through).contains(&today) => {
                        delegate
                    }
                    _ => Some(index),
                };
                let present = stands_in.filter(|it| self.is_present(*it, today));
                found.extend(present.filter(|it| !found.contains(it)));
            }
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    pub(super) fn is_present(&self, contact: usize, today: Date) -> bool {
        let contact = &self.contacts[contact];
        let is_away =
            contact.away.is_some_and(|(from, through, _)| (from..=through).contains(&today));
        !contact.suppressed && !is_away
    }
}
