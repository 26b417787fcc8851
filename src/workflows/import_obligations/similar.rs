//! Rows without 编号 that look like a known duty which is gone: a mended typo, a moved date, another unit.
//!
//! Must not know: the ledger, what becomes of them. Callers: this folder.

use std::collections::HashMap;

use jiff::civil::Date;

use super::compare::letters;
use super::comparison::{Doubt, Pair, Side};
use super::list::NewUnnumbered;
use super::reference::MADE;
use crate::domain::directory::Directory;
use crate::domain::similar::are_nearly_the_same;
use crate::storage::imports::OwedDuty;
use crate::workflows::names::unit_names;

/// Pairs of a new row and the duty that it probably is, each duty in one pair at most.
pub(super) fn similar(
    directory: &Directory,
    gone: &[OwedDuty],
    new: &[NewUnnumbered],
) -> Vec<Pair> {
    let mut free: Vec<Option<&OwedDuty>> =
        gone.iter().map(|duty| Some(duty).filter(|it| it.reference.starts_with(MADE))).collect();
    let mut by_title: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_due: HashMap<Option<Date>, Vec<usize>> = HashMap::new();
    for (index, duty) in free.iter().enumerate() {
        let Some(duty) = duty else { continue };
        by_title.entry(letters(&duty.title)).or_default().push(index);
        by_due.entry(duty.due).or_default().push(index);
    }
    let mut pairs = Vec::new();
    for row in new {
        let same_title = by_title.get(&letters(&row.title)).into_iter().flatten();
        let same_day = by_due.get(&row.due).into_iter().flatten();
        let is_like = |index: &&usize| {
            free.get(**index).copied().flatten().is_some_and(|duty| is_like(duty, row))
        };
        let is_free = |index: &&usize| free.get(**index).is_some_and(Option::is_some);
        let found = same_title.copied().find(|it| is_free(&it));
        let found = found.or_else(|| same_day.copied().find(|it| is_like(&it)));
        let Some(duty) = found.and_then(|index| free.get_mut(index)?.take()) else { continue };
        pairs.push(Pair {
            line: row.line,
            reference: duty.reference.clone(),
            why: Doubt::Similar,
            known: Side {
                title: duty.title.clone(),
                term: String::new(),
                due: duty.due,
                units: unit_names(directory, &duty.units),
            },
            row: Side {
                title: row.title.clone(),
                term: row.written.clone(),
                due: row.due,
                units: unit_names(directory, &row.units),
            },
        });
    }
    pairs
}

/// True for nearly the same title with the same units; the day is the same.
fn is_like(duty: &OwedDuty, row: &NewUnnumbered) -> bool {
    let mut units = row.units.clone();
    units.sort_unstable();
    units == duty.units && are_nearly_the_same(&duty.title, &row.title)
}
