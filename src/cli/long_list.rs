//! Prints a list of what is due part by part, so that memory does not grow with it.
//!
//! Must not know: how an answer is worked out.

use std::sync::Arc;

use std::io::Write as _;

use serde::Serializer as _;
use serde::ser::SerializeSeq as _;

use super::command_context::CommandContext;
use super::failure::Failure;
use super::format::Format;
use super::terminal::Terminal;
use crate::storage::Store;
use crate::views::csv::CsvRows;
use crate::views::obligation::ObligationView;
use crate::views::table::Measurement;
use crate::views::{Row as _, cells, headings};
use crate::workflows::inspect::{self, Answer, Question, Upcoming};

/// Prints what is due in the format asked for.
pub(super) async fn print_upcoming(
    context: &mut CommandContext<'_>,
    store: &Arc<dyn Store>,
    question: &Question,
) -> Result<(), Failure> {
    let format = context.format;
    let empty = context.lang.pick("没有符合条件的事项", "no obligation matches");
    let (workflow, terminal) = context.workflow_and_terminal(store);
    let mut upcoming = inspect::upcoming(workflow, question).await?;
    match format {
        Format::Json => json(&mut upcoming, terminal).await,
        Format::Csv => csv(&mut upcoming, terminal).await,
        Format::Table => table(&mut upcoming, terminal, empty).await,
    }
}

async fn next(upcoming: &mut Upcoming<'_>) -> Result<Option<Vec<ObligationView>>, Failure> {
    Ok(upcoming.next().await?.as_ref().map(ObligationView::all))
}

async fn json(upcoming: &mut Upcoming<'_>, terminal: &mut Terminal) -> Result<(), Failure> {
    let fault = |error: serde_json::Error| Failure::Output(error.into());
    let mut serializer = serde_json::Serializer::pretty(&mut terminal.out);
    let mut list = serializer.serialize_seq(None).map_err(fault)?;
    while let Some(rows) = next(upcoming).await? {
        rows.iter().try_for_each(|row| list.serialize_element(row)).map_err(fault)?;
    }
    list.end().map_err(fault)?;
    Ok(writeln!(terminal.out)?)
}

async fn csv(upcoming: &mut Upcoming<'_>, terminal: &mut Terminal) -> Result<(), Failure> {
    let mut csv = CsvRows::begin(&mut terminal.out, ObligationView::KEYS)?;
    while let Some(rows) = next(upcoming).await? {
        rows.iter().try_for_each(|row| csv.push(row))?;
    }
    Ok(csv.finish()?)
}

/// Reads a list of several parts twice: the widths of its columns first, then its lines.
async fn table(
    upcoming: &mut Upcoming<'_>,
    terminal: &mut Terminal,
    empty: &str,
) -> Result<(), Failure> {
    let lang = terminal.lang;
    let columns = ObligationView::columns();
    let in_cells = |answer: &Answer| -> Vec<Vec<String>> {
        let rows = ObligationView::by_series(answer, lang);
        rows.iter().map(|row| cells(&columns, row, lang)).collect()
    };
    let mut measurement = Measurement::of(headings::<ObligationView>(lang));
    let (mut first, mut is_longer) = (None, false);
    while let Some(answer) = upcoming.next().await? {
        let rows = in_cells(&answer);
        for row in &rows {
            measurement.measure(row);
        }
        is_longer = first.is_some();
        first.get_or_insert(rows);
    }
    let Some(first) = first else { return Ok(writeln!(terminal.err, "{empty}")?) };
    let layout = measurement.fit(terminal.width);
    write!(terminal.out, "{}", layout.head())?;
    let mut print = |rows: &[Vec<String>]| {
        rows.iter().try_for_each(|row| write!(terminal.out, "{}", layout.row(row)))
    };
    if !is_longer {
        return Ok(print(&first)?);
    }
    drop(first);
    upcoming.rewind();
    while let Some(answer) = upcoming.next().await? {
        print(&in_cells(&answer))?;
    }
    Ok(())
}
