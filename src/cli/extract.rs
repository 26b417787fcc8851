//! `extract`: the dated duties of a task-assignment document, for a person to review.
//!
//! Must not know: kinds of files, how an expression of time is read.

use std::path::{Path, PathBuf};

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::input::bytes_of;
use crate::intake::converter::{Converted, Converters};
use crate::intake::document::{Document, DocumentFault};
use crate::intake::extract::{Extraction, extract};
use crate::views::csv::write_csv;
use crate::views::extraction::{DutyRow, ExtractionView, UnitNameRow};
use crate::views::extraction_account::account_lines;
use crate::views::review;
use crate::words;

/// Find the dated obligations in a document (任务分工), for review
///
/// Reads .docx, .xlsx, .xls, .et, .csv, .tsv, .html, .mht, .md and .txt in UTF-8, UTF-16, GBK or Big5; with LibreOffice, where
/// it is installed, also .doc, .wps, .rtf, .odt and .ods, and with pdftotext .pdf that holds text. Names of units are matched to those
/// of the ledger, if there is one. With --format csv the output is what `duban import obligations` reads; its column 问题
/// says where a person must decide.
///
/// The books are closed: rows of tables, obligations, phrases without a date, questions, what is not understood and what is
/// left out, with the reason, are counted. As long as something that reads like a limit is not understood, the exit code is 20.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The year of the document, for dates without a year; default: the year in its title
    #[arg(long, value_name = "YEAR", value_parser = super::values::year)]
    year: Option<i16>,
    /// Also write a page that shows each time expression of the document beside what was understood
    #[arg(long, value_name = "FILE.html")]
    review: Option<PathBuf>,
    /// Also write the units that are not in the ledger, for `duban import units` after addresses are filled in
    #[arg(long, value_name = "FILE.csv")]
    units: Option<PathBuf>,
    /// The document
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,
}

pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let path = &arguments.document;
    let bytes = bytes_of(path)?;
    let name = path.display().to_string();
    let Converted { document, may_lack_tables } = document_of(path, &bytes)?;
    let known = known_names(context).await?;
    let extraction = extract(&document, &known, arguments.year);
    if let Some(file) = &arguments.review {
        write(file, &review::page(&document, &extraction, context.lang))?;
    }
    if let Some(file) = &arguments.units {
        write(file, &units_table(&extraction, known.is_empty())?)?;
    }
    print(context, &extraction, &name)?;
    summarize(context, &extraction)?;
    if may_lack_tables {
        context.say(context.lang.pick(
            "转换后表格可能丢失：请用办公软件另存为 docx 后再提取",
            "tables may have been lost in conversion: save the file as docx in an office program and extract again",
        ))?;
    }
    let is_read = extraction.account.unread.is_empty() && !may_lack_tables;
    Ok(if is_read { Exit::Done } else { Exit::NeedsPerson })
}

/// Reads the document; one of another program's kind by that program, if it is there.
pub(super) fn document_of(path: &Path, bytes: &[u8]) -> Result<Converted, Failure> {
    let failed = |fault| Failure::Document { path: path.to_owned(), fault };
    match Document::read(&path.display().to_string(), bytes) {
        Ok(document) => Ok(Converted { document, may_lack_tables: false }),
        Err(DocumentFault::Foreign(kind)) => {
            let launcher = std::env::current_exe().map_err(Failure::Output)?;
            Converters::usual(launcher).read(bytes, kind).map_err(failed)
        }
        Err(fault) => Err(failed(fault)),
    }
}

/// A table of the units that the ledger does not know; all of them when it knows none.
fn units_table(extraction: &Extraction, ledger_is_empty: bool) -> Result<String, Failure> {
    let rows = UnitNameRow::all(extraction, ledger_is_empty);
    let mut table = Vec::new();
    write_csv(&mut table, UnitNameRow::KEYS, &rows)?;
    Ok(String::from_utf8_lossy(&table).into_owned())
}

fn print(
    context: &mut CommandContext<'_>,
    extraction: &Extraction,
    file: &str,
) -> Result<(), Failure> {
    let rows = DutyRow::all(extraction, file);
    context.list_as(&ExtractionView::of(extraction), &rows, "")
}

fn summarize(context: &mut CommandContext<'_>, extraction: &Extraction) -> Result<(), Failure> {
    let lang = context.lang;
    for line in account_lines(extraction, lang) {
        context.say(&line)?;
    }
    if !extraction.unknown_units.is_empty() {
        context.say(&words!(
            lang,
            zh = "单位表中没有：{names}。请用 duban import units 导入，或更正名称",
            en = "Not in the ledger: {names}. Import them with `duban import units`, or correct the names",
            names = lang.list(&extraction.unknown_units),
        ))?;
    }
    Ok(())
}

/// All names and aliases of the ledger's units; none when there is no ledger yet.
async fn known_names(context: &mut CommandContext<'_>) -> Result<Vec<String>, Failure> {
    if !context.settings.database.exists() {
        return Ok(Vec::new());
    }
    let ledger = context.ledger_to_read().await?;
    let directory = ledger.directory().await?;
    let names = directory.units().flat_map(|unit| unit.aliases.iter().chain([&unit.name]));
    Ok(names.cloned().collect())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|source| Failure::File { path: path.to_owned(), source })
}
