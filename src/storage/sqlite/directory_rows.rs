//! Reads the directory, whole or in part: units with their aliases and members, and contacts.
//!
//! Must not know: who asks for it. Callers: `units`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::digests::of_address;
use super::rows::{RowReader, json_ids};
use crate::domain::address::Address;
use crate::domain::directory::Directory;
use crate::domain::unit::{
    Away, Contact, ContactId, ContactUid, Rank, Standing, Unit, UnitId, UnitUid,
};
use crate::storage::StorageError;

/// Selects contacts in office, continued by a further condition.
macro_rules! select_contacts {
    ($rest:literal) => {
        concat!(
            "SELECT contact.id, contact.uid, unit_id, name, contact.address, address_check, rank, \
             suppression.address_key AS suppressed \
             FROM contact LEFT JOIN suppression ON suppression.address_key = contact.address_key WHERE retired_at IS NULL ",
            $rest
        )
    };
}

const ALL_UNITS: &str =
    "SELECT id, uid, name, parent_id, retired_at, merged_into_id FROM unit ORDER BY id";

const ALL_ALIASES: &str = "SELECT unit_id, alias FROM unit_alias ORDER BY unit_id, alias";

/// Few units ever had another name.
const FORMER_NAMES: &str =
    "SELECT unit_id, until_on, name FROM former_name ORDER BY unit_id, until_on";

const ALL_MEMBERS: &str =
    "SELECT group_id, member_id FROM group_member ORDER BY group_id, member_id";

const ALL_CONTACTS: &str = select_contacts!("ORDER BY contact.id");

const ALL_ABSENCES: &str =
    "SELECT contact_id, from_on, through_on, delegate_id FROM absence ORDER BY contact_id, from_on";

const UNITS: &str = "\
SELECT id, uid, name, parent_id, retired_at, merged_into_id FROM unit WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id";

const ALIASES: &str = "\
SELECT unit_id, alias FROM unit_alias WHERE unit_id IN (SELECT value FROM json_each($1)) ORDER BY unit_id, alias";

const MEMBERS: &str = "\
SELECT group_id, member_id FROM group_member
WHERE group_id IN (SELECT value FROM json_each($1)) ORDER BY group_id, member_id";

const CONTACTS: &str =
    select_contacts!("AND unit_id IN (SELECT value FROM json_each($1)) ORDER BY contact.id");

const ABSENCES: &str = "\
SELECT contact_id, from_on, through_on, delegate_id FROM absence JOIN contact ON contact.id = contact_id
WHERE unit_id IN (SELECT value FROM json_each($1)) ORDER BY contact_id, from_on";

const UNITS_OF_CONTACTS: &str =
    "SELECT DISTINCT unit_id FROM contact WHERE id IN (SELECT value FROM json_each($1))";

pub(super) const STATEMENTS: &[&str] = &[
    ALL_UNITS,
    ALL_ALIASES,
    ALL_MEMBERS,
    ALL_CONTACTS,
    FORMER_NAMES,
    ALL_ABSENCES,
    ABSENCES,
    UNITS,
    ALIASES,
    MEMBERS,
    CONTACTS,
    UNITS_OF_CONTACTS,
];

pub(super) async fn all(transaction: &mut SqliteConnection) -> Result<Directory, StorageError> {
    let units = sqlx::query(ALL_UNITS).fetch_all(&mut *transaction).await?;
    let aliases = sqlx::query(ALL_ALIASES).fetch_all(&mut *transaction).await?;
    let members = sqlx::query(ALL_MEMBERS).fetch_all(&mut *transaction).await?;
    let contacts = sqlx::query(ALL_CONTACTS).fetch_all(&mut *transaction).await?;
    let absences = sqlx::query(ALL_ABSENCES).fetch_all(&mut *transaction).await?;
    let former = former_names(transaction).await?;
    directory(&units, former, (&aliases, &members), (&contacts, &absences))
}

/// These units and those of these contacts, with the units above them, their members, and the contacts of all of these.
pub(super) async fn part(
    transaction: &mut SqliteConnection,
    units: &[UnitId],
    contacts: &[ContactId],
) -> Result<Directory, StorageError> {
    let mut wanted: BTreeSet<i64> = units.iter().map(|unit| unit.0).collect();
    if !contacts.is_empty() {
        let contacts = json_ids(contacts.iter().map(|contact| contact.0));
        let rows =
            sqlx::query(UNITS_OF_CONTACTS).bind(contacts).fetch_all(&mut *transaction).await?;
        for row in &rows {
            wanted.insert(row.try_get("unit_id")?);
        }
    }
    let (mut units, mut members) = (Vec::new(), Vec::new());
    let mut known = BTreeSet::new();
    while !wanted.is_empty() {
        let ids = json_ids(wanted.iter().copied());
        known.append(&mut wanted);
        let found = sqlx::query(UNITS).bind(&ids).fetch_all(&mut *transaction).await?;
        let inside = sqlx::query(MEMBERS).bind(ids).fetch_all(&mut *transaction).await?;
        for row in &found {
            wanted.extend(row.try_get::<Option<i64>, _>("parent_id")?);
            wanted.extend(row.try_get::<Option<i64>, _>("merged_into_id")?);
        }
        for row in &inside {
            wanted.insert(row.try_get("member_id")?);
        }
        wanted.retain(|unit| !known.contains(unit));
        units.extend(found);
        members.extend(inside);
    }
    let ids = json_ids(known.into_iter());
    let aliases = sqlx::query(ALIASES).bind(&ids).fetch_all(&mut *transaction).await?;
    let contacts = sqlx::query(CONTACTS).bind(&ids).fetch_all(&mut *transaction).await?;
    let absences = sqlx::query(ABSENCES).bind(ids).fetch_all(&mut *transaction).await?;
    let former = former_names(transaction).await?;
    directory(&units, former, (&aliases, &members), (&contacts, &absences))
}

fn directory(
    units: &[SqliteRow],
    mut former: BTreeMap<i64, Vec<(Date, String)>>,
    (aliases, members): (&[SqliteRow], &[SqliteRow]),
    (contacts, absences): (&[SqliteRow], &[SqliteRow]),
) -> Result<Directory, StorageError> {
    let mut away = away_by_contact(absences)?;
    let (aliases, members) = (texts_by_unit(aliases)?, ids_by_group(members)?);
    let units = units.iter().map(|row| {
        let former = |id| former.remove(&id).unwrap_or_default();
        unit(row, former, &aliases, &members)
    });
    Ok(Directory::new(
        units.collect::<Result<_, _>>()?,
        contacts.iter().map(|row| contact(row, &mut away)).collect::<Result<_, _>>()?,
    ))
}

fn texts_by_unit(rows: &[SqliteRow]) -> Result<BTreeMap<i64, Vec<String>>, StorageError> {
    let mut texts: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in rows {
        texts.entry(row.try_get("unit_id")?).or_default().push(row.try_get("alias")?);
    }
    Ok(texts)
}

fn ids_by_group(rows: &[SqliteRow]) -> Result<BTreeMap<i64, Vec<UnitId>>, StorageError> {
    let mut members: BTreeMap<i64, Vec<UnitId>> = BTreeMap::new();
    for row in rows {
        members
            .entry(row.try_get("group_id")?)
            .or_default()
            .push(UnitId(row.try_get("member_id")?));
    }
    Ok(members)
}

async fn former_names(
    transaction: &mut SqliteConnection,
) -> Result<BTreeMap<i64, Vec<(Date, String)>>, StorageError> {
    let mut names: BTreeMap<i64, Vec<(Date, String)>> = BTreeMap::new();
    for row in sqlx::query(FORMER_NAMES).fetch_all(transaction).await? {
        let row = RowReader { row: &row, table: "former_name", id: row.try_get("unit_id")? };
        names.entry(row.id).or_default().push((row.date("until_on")?, row.get("name")?));
    }
    Ok(names)
}

fn unit(
    row: &SqliteRow,
    former: impl FnOnce(i64) -> Vec<(Date, String)>,
    aliases: &BTreeMap<i64, Vec<String>>,
    members: &BTreeMap<i64, Vec<UnitId>>,
) -> Result<Unit, StorageError> {
    let row = RowReader::keyed(row, "unit")?;
    Ok(Unit {
        id: UnitId(row.id),
        uid: UnitUid(row.uid("uid")?),
        name: row.get("name")?,
        aliases: aliases.get(&row.id).cloned().unwrap_or_default(),
        parent: row.get::<Option<i64>>("parent_id")?.map(UnitId),
        members: members.get(&row.id).cloned().unwrap_or_default(),
        former: former(row.id),
        standing: match (
            row.get::<Option<i64>>("merged_into_id")?,
            row.moment_if_any("retired_at")?,
        ) {
            (Some(into), _) => Standing::MergedInto(UnitId(into)),
            (None, Some(_)) => Standing::Retired,
            (None, None) => Standing::InOffice,
        },
    })
}

fn away_by_contact(rows: &[SqliteRow]) -> Result<BTreeMap<i64, Vec<Away>>, StorageError> {
    let mut away: BTreeMap<i64, Vec<Away>> = BTreeMap::new();
    for row in rows {
        let row = RowReader { row, table: "absence", id: row.try_get("contact_id")? };
        let delegate = row.get::<Option<i64>>("delegate_id")?.map(ContactId);
        let (from, through) = (row.date("from_on")?, row.date("through_on")?);
        away.entry(row.id).or_default().push(Away { from, through, delegate });
    }
    Ok(away)
}

fn contact(row: &SqliteRow, away: &mut BTreeMap<i64, Vec<Away>>) -> Result<Contact, StorageError> {
    let row = RowReader::keyed(row, "contact")?;
    Ok(Contact {
        id: ContactId(row.id),
        uid: ContactUid(row.uid("uid")?),
        unit: UnitId(row.get("unit_id")?),
        name: row.get("name")?,
        address: row.read("address", |text| Address::parse(text).ok())?,
        rank: row.read("rank", Rank::from_word)?,
        away: away.remove(&row.id).unwrap_or_default(),
        suppressed: row.get::<Option<String>>("suppressed")?.is_some(),
        damaged: row.get::<Vec<u8>>("address_check")?
            != of_address(&row.get::<Vec<u8>>("address")?).as_bytes(),
    })
}
