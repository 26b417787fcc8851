//! `import`: lists of units and obligations into the ledger.
//!
//! Must not know: encodings, CSV, how the ledger is written.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::column_mapping::{say_mappings, say_removed};
use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::{self, Failure, RowPlace};
use super::input::bytes_of_table;
use super::{archive, import_calendar, import_obligations};
use crate::domain::directory::ListedUnit;
use crate::intake::{self, ColumnChoice, Table, UnitRow};
use crate::views::import_record::ImportRecordView;
use crate::words;
use crate::words::Lang;
use crate::workflows::import_units::{
    Missing, import_units, missing, refuse_needed, retire_missing, units_changed_by,
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Units(Units),
    Obligations(import_obligations::Obligations),
    Calendar(import_calendar::Arguments),
    Archive(archive::ImportArchive),
    List(List),
}

/// List the imports of obligations, and which of them `duban undo --import` can take back
#[derive(Debug, Args)]
pub(super) struct List {}

/// Import units, groups and contacts: one row per contact
///
/// Excel, Word, HTML, or CSV in UTF-8 or GBK, with the headers 单位,别名,上级单位,单位组,联系人,邮箱,职级,外出 (or
/// unit,aliases,parent,groups,contact,email,rank,away) or with the office's own: what each column is taken for is said, and
/// --map changes it.
///
/// Several aliases or groups are separated by ；. The rank is 承办人, 负责人 or 分管领导 (handler, head, leader). 外出 is an
/// absence, such as 2026-10-01..2026-10-15→deputy@bureau.example. Importing the same file again changes nothing; nothing is
/// removed without --complete.
#[derive(Debug, Args)]
pub(super) struct Units {
    /// What a column holds, as 列=字段; an empty field leaves the column out
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = super::values::column_choice)]
    choices: Vec<ColumnChoice>,
    /// The files hold every unit and contact: retire those that are missing, after showing them (exit code 20)
    #[arg(long)]
    complete: bool,
    /// With --complete: retire without asking
    #[arg(long, requires = "complete")]
    yes: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Files to import; all of them, or none
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Units {
    /// Imports this file as it is.
    pub(super) fn plainly(file: PathBuf) -> Self {
        let (complete, yes, dry_run) = (false, false, false);
        Self { choices: Vec::new(), complete, yes, dry_run, files: vec![file] }
    }
}

/// Runs an import.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match command {
        Command::Calendar(calendar) => import_calendar::run(&calendar, context).await,
        Command::Archive(arguments) => archive::import(&arguments, context).await,
        Command::List(List {}) => list(context).await,
        Command::Units(units) => load_units(&units, context).await,
        Command::Obligations(obligations) => import_obligations::run(&obligations, context).await,
    }
}

async fn list(context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    let imports = ImportRecordView::all(&ledger.imports().await?);
    context.list(&imports, context.lang.pick("没有导入记录", "nothing was imported"))?;
    Ok(Exit::Done)
}

/// Loads units from files.
pub(super) async fn load_units(
    asked: &Units,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let (table, places) = read(&asked.files, &asked.choices)?;
    say_mappings(table.mappings.iter(), context)?;
    say_removed(&table.removed, context)?;
    if !table.faults.is_empty() {
        return Err(Failure::Rows(table.faults));
    }
    let list: Vec<ListedUnit> = table.rows.into_iter().map(|row| row.unit).collect();
    let ledger = context.ledger().await?;
    let (lang, rows) = (context.lang, list.len());
    let missing = if asked.complete {
        missing(context.for_workflow(&ledger), &list).await?
    } else {
        Missing::default()
    };
    say_missing(&missing, context)?;
    if !missing.is_empty() {
        let coming = units_changed_by(context.for_workflow(&ledger), &list).await;
        let coming = coming.map_err(|error| failure::units_failure(error, &places))?;
        refuse_needed(context.for_workflow(&ledger), &missing, &coming).await?;
    }
    if !missing.is_empty() && !asked.yes && !asked.dry_run {
        context.say(lang.pick(
            "未写入任何内容；确认停用的，请加 --yes",
            "nothing was written; to retire them, add --yes",
        ))?;
        return Ok(Exit::NeedsPerson);
    }
    let change = if asked.dry_run {
        context
            .say(lang.pick("未写入任何内容，导入后将是：", "nothing was written; it would be:"))?;
        units_changed_by(context.for_workflow(&ledger), &list).await
    } else {
        import_units(context.for_workflow(&ledger), &list).await
    };
    let change = change.map_err(|error| failure::units_failure(error, &places))?;
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
    if !asked.dry_run {
        let reason = lang.pick("单位表中已没有", "gone from the table of units");
        retire_missing(context.for_workflow(&ledger), &missing, reason).await?;
    }
    Ok(Exit::Done)
}

fn say_missing(missing: &Missing, context: &mut CommandContext<'_>) -> Result<(), Failure> {
    let lang = context.lang;
    let contacts: Vec<String> = missing.contacts.iter().map(|(_, name)| name.clone()).collect();
    for (names, zh, en) in [
        (&contacts, "表中没有的联系人，将停用", "contacts missing from the table, to be retired"),
        (&missing.units, "表中没有的单位，将停用", "units missing from the table, to be retired"),
    ] {
        if !names.is_empty() {
            let (what, n, list) = (lang.pick(zh, en), names.len(), lang.list(names));
            context.say(&words!(
                lang,
                zh = "{what}（{n}个）：{list}",
                en = "{n} {what}: {list}"
            ))?;
        }
    }
    Ok(())
}

/// That a table holds only what the ledger has already.
fn nothing_new(rows: usize, lang: Lang) -> String {
    words!(lang, zh = "读入{rows}行：没有新内容", en = "{rows} rows read: nothing new.")
}

/// Reads all files as one table, with the place of each of its rows.
fn read(
    files: &[PathBuf],
    choices: &[ColumnChoice],
) -> Result<(Table<UnitRow>, Vec<RowPlace>), Failure> {
    let (mut all, mut places) = (Table::default(), Vec::new());
    for file in files {
        let name = file.display().to_string();
        let table = intake::read_units(&name, &bytes_of_table(file)?, choices);
        let place = |row: &UnitRow| RowPlace { file: name.clone(), line: row.line };
        places.extend(table.rows.iter().map(place));
        all.extend(table);
    }
    Ok((all, places))
}
