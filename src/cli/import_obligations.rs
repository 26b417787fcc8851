//! `import obligations`: tables of obligations into the ledger, each compared with its list first.
//!
//! Must not know: encodings, how rows are compared or written.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::column_mapping::{say_mappings, say_removed};
use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::{Failure, obligations_failure};
use super::format::Format;
use super::input::bytes_of_table;
use super::not_told;
use crate::domain::listed::ListedObligation;
use crate::intake::{ColumnChoice, ObligationTable, RowFault};
use crate::views::import::{ImportView, lines, questions};
use crate::words;
use crate::workflows::import_obligations::{Answers, Comparison, Import, ListedTable, TableRows};

/// Import obligations: one row per obligation
///
/// Excel, Word, HTML, or CSV in UTF-8 or GBK, with the office's own headers (工作任务, 完成时限, 责任主体 …): what each column is
/// taken for is said, and --map changes it; merged cells are filled, other columns become remarks. Or with the headers
/// 事项,时限,起算日,牵头单位,责任单位,规则,来源,备注,编号,年份,问题,接续,内部目标,属于,截止,状态,办结日期,佐证,说明
/// (or title,when,trigger,lead,responsible,rule,source,note,ref,year,question,then,internal,part_of,ends,state,done,evidence,instructions).
/// 事项, 时限 and 责任单位 are required.
///
/// 时限 is the term as the document writes it (2022年底前, 自形成之日起20个工作日内, 不少于30日, 每年至少1次) or its short form
/// (20wd, 30d, 3mo, >=30d, 2022-12-31). 起算日 is the day of the event, with the time of day if the term counts hours
/// (2026-11-22 14:30). 接续 names what starts on the day this is really done: the 编号 of an obligation that has no 起算日 yet,
/// or a rule. 内部目标 is a date of the office's own for a duty without one, 属于 the quota that a row is a part of, 截止 the day
/// after which a series opens no further occurrence; 年份 and 问题 come from duban extract; a day more than 30 years ahead is
/// refused unless 年份 names its year. 说明 stands in every mail about the duty, 备注 in none.
///
/// 状态 (also 完成情况, 办理状态 or 进展) is 已办结 or 办理中. A row that is done has its day in 办结日期 (also 完成时间) and may name
/// its 佐证: it is loaded as closed, and nobody is mailed about it. An import never closes what the ledger has as open.
///
/// A table belongs to a list (任务清单), named after its title or its file. 编号 identifies a row within its list: importing the
/// same table again changes nothing, and row 3 of another list is another obligation. What differs is compared and said:
/// added, revised, unchanged, no longer in the table. A row that may be about another obligation, or about one that is closed,
/// is refused until --revise.
///
/// A new day in the term of a series (每月10日前 becomes 每月15日前) applies to every later occurrence. A new kind of term
/// (每月 becomes 每季度, or a fixed date) ends the series; occurrences that are open stay open.
#[expect(clippy::doc_markdown, reason = "the help names columns as they are typed")]
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is one option")]
pub(super) struct Obligations {
    /// The year of the document, for terms without a year, such as 10月底前
    #[arg(long, value_name = "YEAR", value_parser = super::values::year)]
    year: Option<i16>,
    /// The list (任务清单) the rows belong to; default: the title of the table, else the name of the file
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// Revise obligations also where a row may be about another one, or about one that is closed
    #[arg(long)]
    revise: bool,
    /// Rows without 编号 that look like a known obligation are obligations of their own
    #[arg(long, conflicts_with = "revise")]
    new: bool,
    /// The table is the whole list: withdraw what it does not hold; asks first
    #[arg(long)]
    complete: bool,
    /// With --complete: withdraw without asking
    #[arg(long, requires = "complete")]
    yes: bool,
    /// What a column holds, as 列=字段; an empty field leaves the column out
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = super::values::column_choice)]
    choices: Vec<ColumnChoice>,
    /// Register also what is late already; a series then owes what was due since its 起算日
    #[arg(long)]
    late: bool,
    /// Register also what waits for an event still to come
    #[arg(long)]
    planned: bool,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Files to import; all of them, or none
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Obligations {
    /// Imports these files as they are, each as a list of its own.
    pub(super) fn plainly(files: Vec<PathBuf>) -> Self {
        let (year, list) = (None, None);
        let (revise, new, complete, yes, dry_run) = (false, false, false, false, false);
        let (late, planned, choices) = (true, true, Vec::new());
        Self { year, list, revise, new, complete, yes, choices, late, planned, dry_run, files }
    }

    fn answers(&self) -> Answers {
        Answers {
            revise: self.revise,
            separate: self.new,
            complete: self.complete,
            confirmed: self.yes,
            late: self.late,
            planned: self.planned,
        }
    }
}

/// One file.
struct Source {
    file: String,
    list: Arc<str>,
    table: ObligationTable,
    /// Rows that cannot be read, by line; every reading finds the same.
    unread: RefCell<BTreeMap<usize, Vec<RowFault>>>,
}

impl TableRows for Source {
    fn rows(&self) -> Box<dyn Iterator<Item = (usize, ListedObligation)> + '_> {
        Box::new(self.table.rows().flat_map(|reading| {
            if !reading.faults.is_empty() {
                self.unread.borrow_mut().insert(reading.line, reading.faults);
            }
            reading.rows.into_iter().map(|row| (row.line, row.listed))
        }))
    }
}

pub(super) async fn run(
    asked: &Obligations,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let sources = open(asked)?;
    for source in &sources {
        say_mappings(source.table.mappings(), context)?;
        say_others(source, context)?;
        say_removed(source.table.removed(), context)?;
    }
    let tables: Vec<ListedTable<'_>> = sources.iter().map(|it| table(it, asked)).collect();
    let files: Vec<String> = sources.iter().map(|source| source.file.clone()).collect();
    let ledger = context.ledger().await?;
    let answers = asked.answers();
    let import = Import::compare(context.for_workflow(&ledger), &tables, answers).await?;
    let unread: Vec<RowFault> =
        sources.iter().flat_map(|source| source.unread.take().into_values().flatten()).collect();
    if !unread.is_empty() || !import.comparison.faults.is_empty() {
        let refused = import.comparison.faults;
        return Err(Failure::Obligations { unread, refused, files });
    }
    let comparison = import.comparison.clone();
    if comparison.suspicious().next().is_some() {
        return Err(Failure::Differs(Box::new(comparison)));
    }
    if comparison.asks(answers) {
        return ask(&comparison, asked.complete, context);
    }
    if asked.dry_run {
        let said =
            context.lang.pick("未写入任何内容，导入后将是：", "nothing was written; it would be:");
        context.say(said)?;
        report(&comparison, context)?;
        return Ok(Exit::Done);
    }
    let written = import.write().await.map_err(|error| obligations_failure(error, &files))?;
    report(&written, context)?;
    not_told::say(context, &ledger, |_| true).await
}

fn open(asked: &Obligations) -> Result<Vec<Source>, Failure> {
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for path in &asked.files {
        let file = path.display().to_string();
        match ObligationTable::open(&file, &bytes_of_table(path)?, asked.year, &asked.choices) {
            Ok(table) => {
                let by_file = || list_of_file(path);
                let named = asked.list.clone().or_else(|| table.title().map(str::to_owned));
                let list = named.unwrap_or_else(by_file).into();
                let unread = RefCell::default();
                sources.push(Source { file, list, table, unread });
            }
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(sources) } else { Err(Failure::Rows(faults)) }
}

fn table<'a>(source: &'a Source, asked: &Obligations) -> ListedTable<'a> {
    ListedTable {
        list: &source.list,
        is_named: asked.list.is_some(),
        is_whole: true,
        file: &source.file,
        rows: source,
    }
}

/// Says how many tables of the file were passed by.
fn say_others(source: &Source, context: &mut CommandContext<'_>) -> Result<(), Failure> {
    let (file, others) = (&source.file, source.table.others());
    if others == 0 {
        return Ok(());
    }
    context.say(&words!(
        context.lang,
        zh = "{file}：另有{others}张表没有事项、时限或责任单位列，未导入",
        en = "{file}: {others} other tables have no column of titles, limits or units and were not imported"
    ))
}

/// The name of a file without folder and extension.
fn list_of_file(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    stem.to_string_lossy().into_owned()
}

fn ask(
    comparison: &Comparison,
    is_complete: bool,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    if context.format == Format::Json {
        context.json(&ImportView::all(comparison))?;
    }
    for list in &comparison.lists {
        for line in questions(list, is_complete, context.lang) {
            context.say(&line)?;
        }
    }
    context.say(context.lang.pick("未写入任何内容", "nothing was written"))?;
    Ok(Exit::NeedsPerson)
}

fn report(comparison: &Comparison, context: &mut CommandContext<'_>) -> Result<(), Failure> {
    if context.format == Format::Json {
        return context.json(&ImportView::all(comparison));
    }
    for list in &comparison.lists {
        for line in lines(list, context.lang) {
            context.say(&line)?;
        }
    }
    Ok(())
}
