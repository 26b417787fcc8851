//! `upcoming` and `show`: what is due, and what is this.
//!
//! Must not know: how dates are computed.

use clap::{Args, Subcommand};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::explain;
use super::failure::Failure;
use super::format::Format;
use super::long_list::print_upcoming;
use crate::domain::term::Period;
use crate::storage::unattended::UnattendedDuty;
use crate::views::Row;
use crate::views::obligation::ObligationView;
use crate::views::show::RecordView;
use crate::views::unattended::{UnattendedView, unattended_heading};
use crate::workflows::inspect::{self, Question};
use crate::workflows::record::{Record, record};

/// Questions about the ledger.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Upcoming(Upcoming),
    Show(Show),
    Explain(explain::Arguments),
}

/// List what is due, by due date
///
/// Working days left are counted from today to the act-by date; a negative number is late.
#[derive(Debug, Args)]
pub(super) struct Upcoming {
    /// Only what is due within this period, such as 10wd, 7天 or 3mo; late obligations are always listed
    #[arg(long, value_name = "PERIOD", value_parser = super::values::period)]
    within: Option<Period>,
    /// Only obligations of this unit or group, by any of its names
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Only what is late (已逾期)
    #[arg(long)]
    overdue: bool,
    /// Also what has no date, is done or is withdrawn
    #[arg(long)]
    all: bool,
}

/// Show everything known about obligations
#[derive(Debug, Args)]
pub(super) struct Show {
    /// References (编号) or numbers of the obligations
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

/// Runs a question.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    match command {
        Command::Upcoming(asked) => {
            let question = Question {
                within: asked.within,
                unit: asked.unit,
                overdue: asked.overdue,
                all: asked.all,
            };
            print_upcoming(context, &ledger, &question).await?;
            if context.format == Format::Table {
                let duties =
                    inspect::not_reminded(context.for_workflow(&ledger), &question).await?;
                print_not_reminded(context, &duties)?;
            }
        }
        Command::Show(asked) => {
            let mut records = Vec::new();
            for id in &asked.ids {
                records.push(record(context.for_workflow(&ledger), id).await?);
            }
            print_records(context, &records)?;
        }
        Command::Explain(asked) => explain::run(asked, &ledger, context).await?,
    }
    Ok(Exit::Done)
}

/// Prints the open obligations of which nobody is reminded, under a heading for each reason.
fn print_not_reminded(
    context: &mut CommandContext<'_>,
    duties: &[UnattendedDuty],
) -> Result<(), Failure> {
    for group in duties.chunk_by(|a, b| a.key.kind() == b.key.kind()) {
        let Some(first) = group.first() else { continue };
        let heading = unattended_heading(first.key.kind(), context.lang);
        let rows: Vec<UnattendedView> = group.iter().map(UnattendedView::of).collect();
        section(context, heading, &rows)?;
    }
    Ok(())
}

fn print_records(context: &mut CommandContext<'_>, records: &[Record]) -> Result<(), Failure> {
    let views: Vec<RecordView> = records.iter().filter_map(RecordView::of).collect();
    match context.format {
        Format::Json => context.json(&views),
        Format::Csv => {
            let obligations: Vec<ObligationView> =
                records.iter().flat_map(|record| ObligationView::all(&record.answer)).collect();
            context.list(&obligations, "")
        }
        Format::Table => {
            for (index, view) in views.iter().enumerate() {
                if index > 0 {
                    context.print("\n")?;
                }
                print_record(context, view)?;
            }
            Ok(())
        }
    }
}

/// Facts, shares, mails and history of one obligation, one table each.
fn print_record(context: &mut CommandContext<'_>, view: &RecordView) -> Result<(), Failure> {
    let lang = context.lang;
    context.facts(&view.facts(lang))?;
    section(context, lang.pick("任务", "Assignments"), &view.shares)?;
    section(context, lang.pick("邮件", "Mails"), &view.mails)?;
    section(context, lang.pick("记录", "History"), &view.history)
}

fn section<R: Row>(
    context: &mut CommandContext<'_>,
    title: &str,
    rows: &[R],
) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    context.print(&format!("\n{title}\n"))?;
    context.table(rows)
}
