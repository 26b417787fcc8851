//! Units, groups and contacts: `units`.
//!
//! Must not know: the command line.

use jiff::civil::Date;
use serde::Serialize;

use super::names::{name, sorted_names};
use super::row::{Column, Row};
use super::words::word;
use crate::domain::address::Address;
use crate::domain::directory::{Absence, Directory};
use crate::domain::unit::{Contact, Rank, Unit};
use crate::words;
use crate::words::Lang;

/// A unit or group with its contacts.
#[derive(Debug, Serialize)]
pub struct UnitView {
    pub name: String,
    pub aliases: Vec<String>,
    pub parent: Option<String>,
    pub groups: Vec<String>,
    pub members: Vec<String>,
    pub contacts: Vec<ContactView>,
}

#[derive(Debug, Serialize)]
pub struct ContactView {
    pub name: String,
    pub email: String,
    #[serde(serialize_with = "word")]
    pub rank: Rank,
    pub suppressed: bool,
    pub away: Vec<AbsenceView>,
}

#[derive(Debug, Serialize)]
pub struct AbsenceView {
    pub from: Date,
    pub through: Date,
    pub delegate: Option<String>,
}

/// A row as `import units` reads it back: one for each contact, one for a unit without contacts.
#[derive(Debug, Serialize)]
pub struct UnitRow {
    unit: String,
    aliases: Vec<String>,
    parent: Option<String>,
    groups: Vec<String>,
    contact: Option<String>,
    email: Option<String>,
    rank: Option<&'static str>,
    away: Option<String>,
}

impl Row for UnitView {
    const KEYS: &'static [&'static str] = &["name", "aliases", "parent", "groups", "members"];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::text("单位", "Unit", |it, _| it.name.clone()),
            Column::<Self>::text("别名", "Aliases", |it, lang| lang.list(&it.aliases)).droppable(2),
            Column::<Self>::text("上级单位", "Parent", |it, _| {
                it.parent.clone().unwrap_or_default()
            })
            .droppable(3),
            Column::<Self>::text("成员", "Members", |it, lang| lang.list(&it.members)).droppable(1),
            Column::text("联系人", "Contacts", Self::contact_lines),
        ]
    }
}

impl UnitView {
    pub fn of(unit: &Unit, directory: &Directory) -> Self {
        let contacts = directory.contacts(unit.id).iter();
        Self {
            name: unit.name.clone(),
            aliases: unit.aliases.clone(),
            parent: unit.parent.map(|parent| name(directory, parent)),
            groups: sorted_names(directory, directory.groups_of(unit.id)),
            members: sorted_names(directory, unit.members.iter().copied()),
            contacts: contacts.map(|contact| ContactView::of(contact, directory)).collect(),
        }
    }

    fn contact_lines(&self, lang: Lang) -> String {
        let lines: Vec<String> = self.contacts.iter().map(|contact| contact.line(lang)).collect();
        lines.join("\n")
    }

    /// Rows for CSV.
    pub fn rows(&self) -> Vec<UnitRow> {
        if self.contacts.is_empty() {
            return vec![self.row(None)];
        }
        self.contacts.iter().map(|contact| self.row(Some(contact))).collect()
    }

    fn row(&self, contact: Option<&ContactView>) -> UnitRow {
        UnitRow {
            unit: self.name.clone(),
            aliases: self.aliases.clone(),
            parent: self.parent.clone(),
            groups: self.groups.clone(),
            contact: contact.map(|contact| contact.name.clone()),
            email: contact.map(|contact| contact.email.clone()),
            rank: contact.map(|contact| contact.rank.word()),
            away: contact.map(ContactView::away_cell).filter(|cell| !cell.is_empty()),
        }
    }
}

impl UnitRow {
    pub const KEYS: &'static [&'static str] =
        &["unit", "aliases", "parent", "groups", "contact", "email", "rank", "away"];
}

impl ContactView {
    fn of(contact: &Contact, directory: &Directory) -> Self {
        let away = |Absence { from, through, delegate }| {
            let delegate = delegate.map(|it: Address| it.to_string());
            AbsenceView { from, through, delegate }
        };
        Self {
            away: directory.absences(contact).into_iter().map(away).collect(),
            name: contact.name.clone(),
            email: contact.address.to_string(),
            rank: contact.rank,
            suppressed: contact.suppressed,
        }
    }

    fn away_cell(&self) -> String {
        let away: Vec<String> = self.away.iter().map(AbsenceView::short_form).collect();
        away.join("；")
    }

    /// `承办人 张三 <zhang@unit.example>（停用）`.
    fn line(&self, lang: Lang) -> String {
        let Self { name, email, rank, suppressed, away } = self;
        let rank = rank.say(lang);
        let stopped =
            if *suppressed { lang.pick("（停用）", " (address stopped)") } else { "" };
        let away: String = away.iter().map(|away| away.words(lang)).collect();
        format!("{rank} {name} <{email}>{stopped}{away}")
    }
}

impl AbsenceView {
    /// As the column 外出 of a table of units has it.
    fn short_form(&self) -> String {
        let Self { from, through, delegate } = self;
        let delegate = delegate.as_ref().map(|delegate| format!("→{delegate}"));
        format!("{from}..{through}{}", delegate.unwrap_or_default())
    }

    fn words(&self, lang: Lang) -> String {
        let Self { from, through, delegate } = self;
        match delegate {
            Some(delegate) => words!(
                lang,
                zh = "（{from}至{through}外出，由{delegate}代收）",
                en = " (away {from} to {through}, {delegate} stands in)",
            ),
            None => {
                words!(lang, zh = "（{from}至{through}外出）", en = " (away {from} to {through})")
            }
        }
    }
}
