//! The units that owe an obligation: groups expanded, each unit once.
//!
//! Must not know: the ledger. Callers: workflows that register obligations.

use crate::domain::directory::Directory;
use crate::domain::obligation::Obligation;
use crate::domain::unit::UnitId;

/// The units that owe a new obligation: the responsible units, or without one the lead units; groups expanded as they stand
/// now.
pub(super) fn performers(
    directory: &Directory,
    lead: &[UnitId],
    responsible: &[UnitId],
) -> Vec<UnitId> {
    directory.expand(if responsible.is_empty() { lead } else { responsible })
}

/// The units that owe an obligation of the ledger. It keeps the units it was registered with, also when a group has changed
/// since; `duban units regroup` changes that.
pub(super) fn performers_of(directory: &Directory, known: &Obligation) -> Vec<UnitId> {
    // A duty that left its list altogether comes back with the units that are named now.
    if known.assignments.iter().all(|share| share.has_left) {
        return performers(directory, &known.lead, &known.responsible);
    }
    known.assignments.iter().filter(|it| !it.has_left).map(|it| it.unit).collect()
}
