//! Names of units: from a name to the unit, and back.
//!
//! Must not know: the ledger. Callers: workflows; `cli` looks units up by name.

use super::refused::NotFound;
use crate::domain::directory::Directory;
use crate::domain::similar::most_similar;
use crate::domain::unit::{Unit, UnitId};

/// The unit or group of that name.
///
/// # Errors
///
/// [`NotFound::Unit`] with the most similar name.
pub fn unit_called<'a>(directory: &'a Directory, name: &str) -> Result<&'a Unit, NotFound> {
    directory.find(name).ok_or_else(|| NotFound::Unit {
        name: name.to_owned(),
        similar: most_similar(directory.names(), name),
    })
}

/// The names of units, in their order.
pub fn unit_names(directory: &Directory, units: &[UnitId]) -> Vec<String> {
    units.iter().filter_map(|unit| directory.unit(*unit)).map(|unit| unit.name.clone()).collect()
}
