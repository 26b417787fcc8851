//! `import`: lists of units and obligations into the ledger.
//!
//! Must not know: encodings, CSV, how the ledger is written.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::{self, Failure, RowPlace};
use super::import_calendar;
use super::input::bytes_of;
use crate::domain::directory::ListedUnit;
use crate::domain::listed::ListedObligation;
use crate::intake::{self, ObligationRow, Table, UnitRow};
use crate::words;
use crate::words::Lang;
use crate::workflows::import_obligations::{check_obligations, import_obligations};
use crate::workflows::import_units::import_units;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Units(Units),
    Obligations(Obligations),
    Calendar(import_calendar::Arguments),
}

/// Import units, groups and contacts: one row per contact
///
/// CSV in UTF-8 or GBK with the headers 单位,别名,上级单位,单位组,联系人,邮箱,职级 (or
/// unit,aliases,parent,groups,contact,email,rank).
///
/// Several aliases or groups are separated by ；. The rank is 承办人, 负责人 or 分管领导 (handler, head, leader). Importing the
/// same file again changes nothing; nothing is ever removed.
#[derive(Debug, Args)]
pub(super) struct Units {
    /// Files to import; all of them, or none
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Import obligations: one row per obligation
///
/// CSV in UTF-8 or GBK with the headers 事项,时限,起算日,牵头单位,责任单位,规则,来源,备注,编号,接续 (or
/// title,when,trigger,lead,responsible,rule,source,note,ref,then).
///
/// 时限 is the term as the document writes it (2022年底前, 自形成之日起20个工作日内, 不少于30日, 每年至少1次) or its short form
/// (20wd, 30d, 3mo, >=30d, 2022-12-31). 起算日 is the day of the event, with the time of day if the term counts hours
/// (2026-11-22 14:30). 接续 names what starts on the day this is really done: the 编号 of an obligation that has no 起算日 yet,
/// or a rule. 编号 identifies a row: importing the same file again changes nothing.
///
/// A new day in the term of a series (每月10日前 becomes 每月15日前) applies to every later occurrence. A new kind of term
/// (每月 becomes 每季度, or a fixed date) ends the series; occurrences that are open stay open.
#[derive(Debug, Args)]
pub(super) struct Obligations {
    /// The year of the document, for terms without a year, such as 10月底前
    #[arg(long, value_name = "YEAR", value_parser = super::values::year)]
    year: Option<i16>,
    /// Files to import; all of them, or none
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Runs an import.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match command {
        Command::Calendar(calendar) => import_calendar::run(&calendar, context).await,
        Command::Units(units) => load_units(&units.files, context).await,
        Command::Obligations(obligations) => {
            load_obligations(&obligations.files, obligations.year, context).await
        }
    }
}

/// Loads units from files.
pub(super) async fn load_units(
    files: &[PathBuf],
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let (table, places) = read(files, intake::read_units, |row: &UnitRow| row.line)?;
    if !table.faults.is_empty() {
        return Err(Failure::Rows(table.faults));
    }
    let list: Vec<ListedUnit> = table.rows.into_iter().map(|row| row.unit).collect();
    let ledger = context.ledger().await?;
    let change = import_units(context.for_workflow(&ledger), &list)
        .await
        .map_err(|error| failure::units_failure(error, &places))?;
    let (lang, rows) = (context.lang, list.len());
    if change.is_empty() {
        context.say(&nothing_new(rows, lang))?;
    } else {
        context.say(&words!(
            lang,
            zh = "读入{rows}行：新增单位和单位组{units}个、别名{aliases}个、单位组成员{members}个、联系人{contacts}个，变更邮箱{addresses}个",
            en = "{rows} rows read: {units} units and groups, {aliases} aliases, {members} memberships and {contacts} contacts \
                  added, {addresses} addresses changed",
            units = change.units.len(),
            aliases = change.aliases.len(),
            members = change.members.len(),
            contacts = change.contacts.len(),
            addresses = change.addresses.len(),
        ))?;
    }
    Ok(Exit::Done)
}

/// Loads obligations from files.
pub(super) async fn load_obligations(
    files: &[PathBuf],
    year: Option<i16>,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let reader = |name: &str, bytes: &[u8]| intake::read_obligations(name, bytes, year);
    let (table, places) = read(files, reader, |row: &ObligationRow| row.line)?;
    let list: Vec<ListedObligation> = table.rows.into_iter().map(|row| row.listed).collect();
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    if !table.faults.is_empty() {
        let others = check_obligations(workflow, &list).await?;
        return Err(Failure::Obligations { unread: table.faults, refused: others, places });
    }
    let imported = import_obligations(workflow, &list)
        .await
        .map_err(|error| failure::obligations_failure(error, &places))?;
    let (lang, rows) = (context.lang, list.len());
    if imported.added == 0 && imported.revised == 0 {
        context.say(&nothing_new(rows, lang))?;
    } else {
        context.say(&words!(
            lang,
            zh = "读入{rows}行：新增{added}项，修改{revised}项，未变{unchanged}项",
            en = "{rows} rows read: {added} obligations added, {revised} revised, {unchanged} unchanged",
            added = imported.added,
            revised = imported.revised,
            unchanged = imported.unchanged,
        ))?;
    }
    for reference in &imported.ended {
        context.say(&words!(
            lang,
            zh = "{reference}：时限已改，原周期事项不再产生新一期",
            en = "{reference}: its term has changed; the old series opens no further occurrence",
        ))?;
    }
    for reference in &imported.beside {
        context.say(&words!(
            lang,
            zh = "{reference}仍须办理，与新时限并存；如已不需要，请用 duban withdraw {reference} 撤销",
            en = "{reference} is still owed beside the new term; if it is not: `duban withdraw {reference}`",
        ))?;
    }
    Ok(Exit::Done)
}

/// That a table holds only what the ledger has already.
fn nothing_new(rows: usize, lang: Lang) -> String {
    words!(lang, zh = "读入{rows}行：没有新内容", en = "{rows} rows read: nothing new.")
}

/// Reads all files as one table, with the place of each of its rows.
fn read<R>(
    files: &[PathBuf],
    read: impl Fn(&str, &[u8]) -> Table<R>,
    line: impl Fn(&R) -> usize,
) -> Result<(Table<R>, Vec<RowPlace>), Failure> {
    let (mut all, mut places) = (Table::default(), Vec::new());
    for file in files {
        let name = file.display().to_string();
        let table = read(&name, &bytes_of(file)?);
        let place = |row: &R| RowPlace { file: name.clone(), line: line(row) };
        places.extend(table.rows.iter().map(place));
        all.extend(table);
    }
    Ok((all, places))
}
