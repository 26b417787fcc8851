//! `import`: lists of units and obligations into the ledger.
//!
//! Must not know: encodings, CSV, how the ledger is written.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Exit;
use super::failure::{self, Failure, RowPlace};
use super::session::Session;
use crate::domain::directory::ListedUnit;
use crate::intake::{self, ObligationRow, UnitRow};
use crate::workflows::import_obligations::{ListedObligation, import_obligations};
use crate::workflows::import_units::import_units;

/// What is loaded.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Units, groups and contacts: one row a contact
    Units(Units),
    /// Obligations: one row a duty
    Obligations(Obligations),
}

/// Units, groups and contacts, one row a contact. CSV in UTF-8 or GBK with the headers
/// 单位,别名,上级单位,单位组,联系人,邮箱,职级 (or unit,aliases,parent,groups,contact,email,rank).
///
/// Several aliases or groups are joined by ；. The rank is 承办人, 负责人 or 分管领导 (handler, head, leader). Loading the
/// same file again changes nothing; nothing is ever removed.
#[derive(Debug, Args)]
pub(super) struct Units {
    /// Files to load, together or not at all
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Obligations, one row a duty. CSV in UTF-8 or GBK with the headers
/// 事项,时限,起算日,牵头单位,责任单位,规则,来源,备注,编号 (or title,when,trigger,lead,responsible,rule,source,note,ref).
///
/// 时限 is the term as the document writes it (2022年底前, 自形成之日起20个工作日内, 不少于30日, 每年至少1次) or its short form
/// (20wd, 30d, 3mo, >=30d, 2022-12-31). 编号 identifies a row: loading the same file again changes nothing.
#[derive(Debug, Args)]
pub(super) struct Obligations {
    /// The document's year, for terms without one such as 10月底前
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i16).range(1949..=2199))]
    year: Option<i16>,
    /// Files to load, together or not at all
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs an import.
pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Units(units) => load_units(&units.files, session).await,
        Command::Obligations(obligations) => {
            load_obligations(&obligations.files, obligations.year, session).await
        }
    }
}

/// Loads units from files.
pub(super) async fn load_units(
    files: &[PathBuf],
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    let (rows, places) = rows(files, intake::read_units, |row: &UnitRow| row.line)?;
    let list: Vec<ListedUnit> = rows.into_iter().map(|row| row.unit).collect();
    let ledger = session.ledger().await?;
    let change = import_units(session.context(&ledger), &list)
        .await
        .map_err(|error| failure::units_failure(error, &places))?;
    if change.is_empty() {
        session.say(&format!("{} rows read: nothing new", list.len()))?;
    } else {
        session.say(&format!(
            "{} rows read: {} units and groups, {} aliases, {} memberships and {} contacts added, {} addresses changed",
            list.len(),
            change.units.len(),
            change.aliases.len(),
            change.members.len(),
            change.contacts.len(),
            change.addresses.len()
        ))?;
    }
    Ok(Exit::Done)
}

/// Loads obligations from files.
pub(super) async fn load_obligations(
    files: &[PathBuf],
    year: Option<i16>,
    session: &mut Session<'_>,
) -> Result<Exit, Failure> {
    let read = |name: &str, bytes: &[u8]| intake::read_obligations(name, bytes, year);
    let (rows, places) = rows(files, read, |row: &ObligationRow| row.line)?;
    let list: Vec<ListedObligation> = rows.into_iter().map(listed_obligation).collect();
    let ledger = session.ledger().await?;
    let imported = import_obligations(session.context(&ledger), &list)
        .await
        .map_err(|error| failure::obligations_failure(error, &places))?;
    if imported.added == 0 && imported.revised == 0 {
        session.say(&format!("{} rows read: nothing new", list.len()))?;
    } else {
        session.say(&format!(
            "{} rows read: {} obligations added, {} revised, {} unchanged",
            list.len(),
            imported.added,
            imported.revised,
            imported.unchanged
        ))?;
    }
    Ok(Exit::Done)
}

/// Reads all rows of all files; every fault of every file at once.
fn rows<R>(
    files: &[PathBuf],
    read: impl Fn(&str, &[u8]) -> Result<Vec<R>, Vec<intake::RowFault>>,
    line: impl Fn(&R) -> usize,
) -> Result<(Vec<R>, Vec<RowPlace>), Failure> {
    let (mut rows, mut places, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let name = file.display().to_string();
        match read(&name, &bytes(file)?) {
            Ok(more) => {
                places.extend(
                    more.iter().map(|row| RowPlace { file: name.clone(), line: line(row) }),
                );
                rows.extend(more);
            }
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok((rows, places)) } else { Err(Failure::Rows(faults)) }
}

fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|source| Failure::File { path: file.to_owned(), source })
}

fn listed_obligation(row: ObligationRow) -> ListedObligation {
    ListedObligation {
        reference: row.reference,
        title: row.title,
        written: row.written,
        term: row.term,
        trigger: row.trigger,
        lead: row.lead,
        responsible: row.responsible,
        rule: row.rule,
        source: row.source,
        note: row.note,
    }
}
