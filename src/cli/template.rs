//! `template`: empty tables to fill in and import.
//!
//! Must not know: what a table holds, how a workbook is made.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::views::template;
use crate::words;

/// Write an empty table to fill in for `duban import`
///
/// An Excel workbook with the columns that are read, drop-down lists and an example row, which is never imported. Units and
/// rules that are known can be chosen from lists.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What the table is for
    #[arg(value_name = "KIND")]
    kind: Kind,
    /// Where the workbook is written; a file that exists is not replaced
    #[arg(value_name = "FILE.xlsx")]
    file: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Units and contacts
    Units,
    /// Obligations
    Obligations,
}

/// Writes the workbook.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let lang = context.lang;
    let made = match arguments.kind {
        Kind::Units => template::of_units(lang),
        Kind::Obligations => {
            let rules = context.law.rules.iter().map(|rule| rule.name.clone()).collect();
            template::of_obligations(&names_of_units(context).await?, rules, lang)
        }
    };
    let bytes = made.map_err(|error| Failure::Output(std::io::Error::other(error)))?;
    write_new(&arguments.file, &bytes)?;
    let file = arguments.file.display();
    context.say(&words!(
        lang,
        zh = "已写入{file}；填好后用 duban import 导入，示例行不会导入",
        en = "{file} written; fill it in and load it with `duban import`. The example row is not imported"
    ))?;
    Ok(Exit::Done)
}

/// The names of the ledger's units, sorted; none when there is no ledger yet.
async fn names_of_units(context: &mut CommandContext<'_>) -> Result<Vec<String>, Failure> {
    if !context.settings.database.exists() {
        return Ok(Vec::new());
    }
    let directory = context.ledger_to_read().await?.directory().await?;
    let mut names: Vec<String> = directory.units().map(|unit| unit.name.clone()).collect();
    names.sort();
    Ok(names)
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let mut file = std::fs::File::create_new(path).map_err(failed)?;
    std::io::Write::write_all(&mut file, bytes).map_err(failed)
}
