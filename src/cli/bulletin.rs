//! `bulletin`: the 通报 table.
//!
//! Must not know: how lateness is judged.

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::{Failure, in_order};
use super::values;
use crate::views::bulletin::BulletinView;
use crate::views::bulletin_document::Document;
use crate::views::bulletin_document::html;
use crate::views::bulletin_document::markdown;
use crate::workflows::bulletin::report;

/// Print the bulletin (通报): how many obligations each unit met on time or late
///
/// Counts what is due in the given days, best unit first, with the look-back (回头看) on the year before. Lateness is judged
/// by the day on which the work was done.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The first due date
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    from: Date,
    /// The last due date
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    to: Date,
    /// Print a document instead of a table
    #[arg(long, value_enum, value_name = "KIND")]
    document: Option<DocumentKind>,
}

/// A printable form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DocumentKind {
    /// One HTML page
    Html,
    /// Markdown
    Markdown,
}

/// Prints the bulletin.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger_to_read().await?;
    in_order(arguments.from, arguments.to)?;
    let report = report(context.for_workflow(&ledger), arguments.from, arguments.to).await?;
    let view = BulletinView::of(&report);
    let Some(kind) = arguments.document else {
        context.list_as(&view, &view.lines(), "")?;
        return Ok(Exit::Done);
    };
    let document = Document { office: &context.settings.office.signature, bulletin: &view };
    let text = match kind {
        DocumentKind::Html => html(&document),
        DocumentKind::Markdown => markdown(&document),
    };
    context.print(&text)?;
    Ok(Exit::Done)
}
