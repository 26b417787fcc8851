//! `bulletin`: the 通报 table.
//!
//! Must not know: how lateness is judged.

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde::Serialize;

use super::bulletin_document::{self, Document};
use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::{Failure, in_order};
use super::format::Format;
use super::{values, view};
use crate::domain::bulletin::Tally;
use crate::words::Lang;
use crate::workflows::bulletin::{Report, report};

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

/// The bulletin as JSON shows it.
#[derive(Debug, Serialize)]
pub(super) struct BulletinView {
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) as_of: Date,
    pub(super) total: LineView,
    pub(super) units: Vec<LineView>,
    pub(super) quotas: Vec<QuotaView>,
    pub(super) look_back: Vec<LookBackView>,
}

/// One unit, or the total.
#[derive(Debug, Serialize)]
pub(super) struct LineView {
    pub(super) unit: String,
    pub(super) due: u32,
    pub(super) on_time: u32,
    pub(super) late: u32,
    pub(super) pending: u32,
    pub(super) overdue: u32,
    pub(super) on_time_percent: Option<String>,
    pub(super) average_days: Option<String>,
    pub(super) color: &'static str,
    #[serde(skip)]
    pub(super) chinese_color: &'static str,
}

/// One unit's quota.
#[derive(Debug, Serialize)]
pub(super) struct QuotaView {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) unit: String,
    pub(super) done: u32,
    pub(super) required: u32,
    pub(super) next_by: Option<Date>,
    pub(super) no_longer_fits: bool,
    pub(super) bunched: u32,
}

/// What the year before left undone.
#[derive(Debug, Serialize)]
pub(super) struct LookBackView {
    #[serde(rename = "ref")]
    pub(super) reference: String,
    pub(super) title: String,
    pub(super) unit: String,
    pub(super) due: Date,
}

const COLUMNS: [&str; 9] = [
    "unit",
    "due",
    "on_time",
    "late",
    "pending",
    "overdue",
    "on_time_percent",
    "average_days",
    "color",
];

/// Headers of the printed table.
pub(super) const HEADERS: [&str; 9] =
    ["单位", "应办", "按时", "逾期办结", "未到期", "逾期未办", "按时率", "平均用时", "标识"];

/// Prints the bulletin.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    in_order(arguments.from, arguments.to)?;
    let report = report(context.for_workflow(&ledger), arguments.from, arguments.to).await?;
    let view = view(&report);
    match (arguments.document, context.format) {
        (Some(kind), _) => {
            let office = &context.settings.office.signature;
            let document = Document { office, bulletin: &view };
            let text = match kind {
                DocumentKind::Html => bulletin_document::html(&document),
                DocumentKind::Markdown => bulletin_document::markdown(&document),
            };
            context.print(&text)?;
        }
        (None, Format::Json) => context.json(&view)?,
        (None, Format::Csv) => {
            let row = |line: &LineView| cells(line, line.color);
            context.csv(&COLUMNS, view.units.iter().chain([&view.total]).map(row))?;
        }
        (None, Format::Table) => {
            let mut table = context.table(&HEADERS).right(&[1, 2, 3, 4, 5, 6, 7]);
            for line in view.units.iter().chain([&view.total]) {
                table.row(cells(line, line.chinese_color));
            }
            context.print(&table.text())?;
        }
    }
    Ok(Exit::Done)
}

/// The cells of a line, in the order of the headers.
pub(super) fn cells(line: &LineView, color: &str) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    vec![
        line.unit.clone(),
        line.due.to_string(),
        line.on_time.to_string(),
        line.late.to_string(),
        line.pending.to_string(),
        line.overdue.to_string(),
        text(&line.on_time_percent),
        text(&line.average_days),
        color.to_owned(),
    ]
}

fn view(report: &Report) -> BulletinView {
    let Report { bulletin, quotas, obligations, directory } = report;
    let name = |unit| view::name(directory, unit);
    let called = |id| {
        obligations.get(&id).map_or_else(Default::default, |it| {
            (it.inputs.full_reference(), it.inputs.title.clone())
        })
    };
    BulletinView {
        from: bulletin.from,
        to: bulletin.through,
        as_of: bulletin.as_of,
        total: line("合计".to_owned(), &bulletin.total),
        units: bulletin.units.iter().map(|(unit, tally)| line(name(*unit), tally)).collect(),
        quotas: quotas
            .iter()
            .map(|quota| {
                let (reference, title) = called(quota.obligation);
                QuotaView {
                    reference,
                    title,
                    unit: name(quota.unit),
                    done: quota.pace.done,
                    required: quota.pace.required,
                    next_by: quota.pace.next_by,
                    no_longer_fits: quota.pace.no_longer_fits,
                    bunched: quota.pace.bunched,
                }
            })
            .collect(),
        look_back: bulletin
            .look_back
            .iter()
            .map(|share| {
                let (reference, title) = called(share.obligation);
                LookBackView { reference, title, unit: name(share.unit), due: share.deadline.due }
            })
            .collect(),
    }
}

fn line(unit: String, tally: &Tally) -> LineView {
    LineView {
        unit,
        due: tally.due,
        on_time: tally.on_time,
        late: tally.late,
        pending: tally.pending,
        overdue: tally.overdue,
        on_time_percent: tally.on_time_per_mille().map(|it| tenths(i64::from(it), "%")),
        average_days: tally.average_tenths().map(|it| tenths(it, "")),
        color: tally.color().word(),
        chinese_color: tally.color().say(Lang::Zh),
    }
}

/// A number of tenths with one decimal.
fn tenths(tenths: i64, unit: &str) -> String {
    format!("{}.{}{unit}", tenths / 10, tenths % 10)
}
