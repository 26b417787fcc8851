//! Names of units: from a name to the unit, and back.
//!
//! Must not know: SQL. Callers: workflows; `cli` looks units up by name.

use super::refused::NotFound;
use crate::domain::directory::Directory;
use crate::domain::hidden::look;
use crate::domain::similar::most_similar;
use crate::domain::unit::{Contact, Unit, UnitId};
use crate::storage::{StorageError, Store};
use crate::words;
use crate::words::Lang;

/// More units than this are counted where a line names them.
const MOST_UNITS: usize = 5;

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

/// The part of the directory that holds these units and those called `names`; the whole of it when one of the names is
/// unknown, so that a similar one can be suggested.
pub(super) async fn directory_for(
    store: &dyn Store,
    units: impl Iterator<Item = UnitId>,
    names: &[&str],
) -> Result<Directory, StorageError> {
    let mut units: Vec<UnitId> = units.collect();
    for name in names {
        match store.unit_called(name).await? {
            Some(unit) => units.push(unit),
            None => return store.directory().await,
        }
    }
    units.sort_unstable();
    units.dedup();
    store.directory_of(&units, &[]).await
}

/// The posts of one person: by name, by mail address in any spelling, or as `UNIT/NAME`.
///
/// # Errors
///
/// [`NotFound::Contact`] with the most similar name or address; [`NotFound::SeveralContacts`] when they are not one person.
pub fn contacts_called<'a>(
    directory: &'a Directory,
    asked: &str,
) -> Result<Vec<&'a Contact>, NotFound> {
    let all = || directory.units().flat_map(|unit| directory.contacts(unit.id));
    let mailbox = look(asked).to_lowercase();
    let in_unit = asked.rsplit_once('/').and_then(|(unit, name)| {
        let unit = directory.find(unit)?.id;
        Some((unit, name))
    });
    let is_called = |it: &&Contact| {
        it.name == asked
            || it.address.as_str().to_lowercase() == mailbox
            || in_unit.is_some_and(|(unit, name)| it.unit == unit && it.name == name)
    };
    let called: Vec<&Contact> = all().filter(is_called).collect();
    let Some(first) = called.first() else {
        let names = all().flat_map(|it| [it.name.as_str(), it.address.as_str()]);
        let similar = most_similar(names, asked);
        return Err(NotFound::Contact { asked: asked.to_owned(), similar });
    };
    let is_same =
        |it: &&Contact| it.name == first.name && it.address.is_same_mailbox(&first.address);
    if called.iter().all(is_same) {
        return Ok(called);
    }
    let line = |it: &&Contact| {
        let unit = unit_name(directory, it.unit);
        format!("{unit}/{} {}", it.name, it.address)
    };
    let known = called.iter().map(line).collect();
    Err(NotFound::SeveralContacts { asked: asked.to_owned(), known })
}

/// The name of a unit; its key when the directory does not have it.
pub fn unit_name(directory: &Directory, unit: UnitId) -> String {
    directory.unit(unit).map_or_else(|| unit.0.to_string(), |unit| unit.name.clone())
}

/// The names of units, in their order.
pub fn unit_names(directory: &Directory, units: &[UnitId]) -> Vec<String> {
    units.iter().filter_map(|unit| directory.unit(*unit)).map(|unit| unit.name.clone()).collect()
}

/// The first units of a list of names; the others are counted.
pub fn some_units(names: &[String], lang: Lang) -> String {
    let named = names.get(..MOST_UNITS).unwrap_or(names);
    let (list, count) = (lang.list(named), names.len());
    if count <= MOST_UNITS {
        return list;
    }
    words!(lang, zh = "{list}等{count}个单位", en = "{list} and others, {count} units")
}
