//! Units by their names.
//!
//! Must not know: what the units owe. Callers: views, cli.

use jiff::civil::Date;

use crate::domain::directory::Directory;
use crate::domain::unit::UnitId;

/// The name of a unit; `#7` for one that the directory does not have.
pub fn name(directory: &Directory, unit: UnitId) -> String {
    directory.unit(unit).map_or_else(|| format!("#{}", unit.0), |unit| unit.name.clone())
}

/// The name that a unit had on the day on which it had done its part; the present one while it owes it.
pub fn name_on(directory: &Directory, unit: UnitId, ended: Option<Date>) -> String {
    let called = directory.unit(unit).zip(ended).map(|(unit, day)| unit.name_on(day).to_owned());
    called.unwrap_or_else(|| name(directory, unit))
}

/// Names in the order of the units.
pub fn names(directory: &Directory, units: &[UnitId]) -> Vec<String> {
    units.iter().map(|unit| name(directory, *unit)).collect()
}

/// Names, sorted.
pub fn sorted_names(directory: &Directory, units: impl Iterator<Item = UnitId>) -> Vec<String> {
    let mut names: Vec<String> = units.map(|unit| name(directory, unit)).collect();
    names.sort();
    names
}
