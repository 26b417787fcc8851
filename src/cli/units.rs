//! `units`: who is in the directory.
//!
//! Must not know: how it got there.

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::session::Session;
use super::view;
use super::{Exit, Format};
use crate::domain::directory::Directory;
use crate::domain::unit::{Contact, Unit};
use crate::storage::units::Units as _;

/// Every unit and group with its other names, members and contacts. Load them with `duban import units FILE`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only this unit or group, by any of its names
    #[arg(value_name = "UNIT")]
    name: Option<String>,
}

/// A unit as JSON shows it.
#[derive(Serialize)]
struct UnitView {
    name: String,
    aliases: Vec<String>,
    parent: Option<String>,
    groups: Vec<String>,
    members: Vec<String>,
    contacts: Vec<ContactView>,
}

/// A contact as JSON shows it.
#[derive(Serialize)]
struct ContactView {
    name: String,
    email: String,
    rank: &'static str,
    suppressed: bool,
}

/// Prints the directory.
pub(super) async fn run(arguments: Arguments, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let ledger = session.ledger().await?;
    let directory = ledger.directory().await?;
    let chosen = match &arguments.name {
        Some(name) => vec![crate::workflows::inspect::unit_called(&directory, name)?],
        None => directory.units().collect(),
    };
    let views: Vec<UnitView> = chosen.iter().map(|unit| unit_view(unit, &directory)).collect();
    match session.format {
        Format::Json => session.json(&views)?,
        Format::Csv => session.csv(&COLUMNS, views.iter().flat_map(csv_rows))?,
        Format::Table => {
            let mut table = session.table(&["单位", "别名", "上级单位", "成员", "联系人"]);
            for unit in &views {
                table.row(cells(unit));
            }
            session.print(&table.text())?;
        }
    }
    Ok(Exit::Done)
}

const COLUMNS: [&str; 7] = ["unit", "aliases", "parent", "groups", "contact", "email", "rank"];

fn unit_view(unit: &Unit, directory: &Directory) -> UnitView {
    UnitView {
        name: unit.name.clone(),
        aliases: unit.aliases.clone(),
        parent: unit.parent.map(|parent| view::name(directory, parent)),
        groups: view::names(directory, directory.groups_of(unit.id)),
        members: view::names(directory, unit.members.iter().copied()),
        contacts: directory.contacts(unit.id).iter().map(contact_view).collect(),
    }
}

fn contact_view(contact: &Contact) -> ContactView {
    ContactView {
        name: contact.name.clone(),
        email: contact.address.to_string(),
        rank: contact.rank.word(),
        suppressed: contact.suppressed,
    }
}

fn cells(unit: &UnitView) -> Vec<String> {
    let contacts: Vec<String> = unit
        .contacts
        .iter()
        .map(|contact| {
            let mark = if contact.suppressed { "（停用）" } else { "" };
            format!("{} <{}>{mark}", contact.name, contact.email)
        })
        .collect();
    vec![
        unit.name.clone(),
        unit.aliases.join("、"),
        unit.parent.clone().unwrap_or_default(),
        unit.members.join("、"),
        contacts.join("\n"),
    ]
}

/// One row a contact, as `import units` reads it back; a unit without contacts gets one row.
fn csv_rows(unit: &UnitView) -> Vec<Vec<String>> {
    let row = |contact: Option<&ContactView>| {
        let contact = contact.map_or_else(
            || [String::new(), String::new(), String::new()],
            |contact| [contact.name.clone(), contact.email.clone(), contact.rank.to_owned()],
        );
        let about =
            [unit.name.clone(), unit.aliases.join("；"), unit.parent.clone().unwrap_or_default()];
        about.into_iter().chain([unit.groups.join("；")]).chain(contact).collect()
    };
    if unit.contacts.is_empty() {
        vec![row(None)]
    } else {
        unit.contacts.iter().map(|contact| row(Some(contact))).collect()
    }
}
