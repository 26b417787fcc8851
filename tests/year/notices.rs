//! What is told beside the steps of the ladder: a date that has moved, a quota that no longer fits.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::duty::Term;
use super::planner::{Addressee, Decision, Entry, LEAD, Occasion, Pace, Planner, RESPONSIBLE};

impl Planner {
    /// Who handles a duty, and everybody who was told the old dates, hears once that they have moved.
    pub(super) fn tell_of_moved_date(
        &mut self,
        share: usize,
        today: Date,
        decisions: &mut Vec<Decision>,
    ) {
        let version = self.duty(share).version;
        if version == 1 {
            return;
        }
        let handler = Addressee { role: RESPONSIBLE, unit: self.shares[share].unit, rank: 0 };
        // One of them told is enough: who stands in for another on a later day is not told again.
        let is_told = |it: &Entry| {
            (it.version, it.occasion, it.addressee) == (version, Occasion::DateMoved, handler)
        };
        let is_settled = self.shares[share].told.iter().any(is_told);
        let slot = self.shares[share].slots.get(&(version, Occasion::DateMoved, handler));
        let mut handlers = self.reachable(handler, today);
        handlers.retain(|it| !is_settled || slot.is_some_and(|slot| slot.waiting.contains(it)));
        let handlers = handlers.into_iter().map(|it| (it, handler));
        let told = self.shares[share].told.iter().filter(|it| it.version < version);
        let told = told.map(|it| (it.contact, it.addressee));
        let told = told.filter(|(contact, _)| !self.contacts[*contact].suppressed);
        let mut people: BTreeMap<usize, Addressee> = BTreeMap::new();
        for (contact, addressee) in told.chain(handlers) {
            let lowest = people.entry(contact).or_insert(addressee);
            *lowest = addressee.min(*lowest);
        }
        for (contact, addressee) in people {
            self.tell_once(share, Occasion::DateMoved, (addressee, contact), today, decisions);
        }
    }

    /// The time left is too short for the events still to be held, five working days apart.
    pub(super) fn warn_of_quota(
        &mut self,
        share: usize,
        today: Date,
        decisions: &mut Vec<Decision>,
    ) {
        let Term::Quota { times, .. } = self.duty(share).term else { return };
        let turn = &self.shares[share].turn;
        let done = self.shares[share].events.len();
        let left = i64::try_from(times).unwrap() - i64::try_from(done).unwrap();
        let last = turn.due.unwrap();
        if left <= 0 || today > last || self.days.shift(last, -5 * (left - 1)) >= today {
            return;
        }
        let audience = [(RESPONSIBLE, 0), (RESPONSIBLE, 1), (LEAD, 0)];
        let (version, occasion) = (self.duty(share).version, Occasion::QuotaShort { done });
        for addressee in self.addressees(share, &audience) {
            let slot = self.shares[share].slots.get(&(version, occasion, addressee));
            let mut contacts = self.reachable(addressee, today);
            if let Some(slot) = slot.filter(|slot| slot.is_settled) {
                contacts.retain(|it| slot.waiting.contains(it));
            }
            for contact in contacts {
                self.tell_once(share, occasion, (addressee, contact), today, decisions);
            }
        }
    }

    pub(super) fn tell_once(
        &mut self,
        share: usize,
        occasion: Occasion,
        (addressee, contact): (Addressee, usize),
        today: Date,
        decisions: &mut Vec<Decision>,
    ) {
        let version = self.duty(share).version;
        let is_told = self.shares[share]
            .told
            .iter()
            .any(|it| (it.version, it.occasion, it.contact) == (version, occasion, contact));
        let is_decided = decisions
            .iter()
            .any(|it| (it.share, it.occasion, it.contact) == (share, occasion, contact));
        let is_hours = self.duty(share).ends_at.is_some() && occasion == Occasion::DateMoved;
        let pace = self.pace(share, is_hours, today);
        let is_mailed = self.mailed.get(&contact) == Some(&today);
        if is_told || is_decided {
            return;
        }
        if pace == Pace::WithTheMailOfTheDay && is_mailed {
            let slot = self.shares[share].slots.entry((version, occasion, addressee)).or_default();
            slot.waiting.insert(contact);
        } else {
            decisions.push(Decision {
                share,
                occasion,
                addressee,
                contact,
                pace,
                is_covered: false,
            });
        }
    }
}
