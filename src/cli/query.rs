//! `upcoming` and `show`: what is due, and what is this.
//!
//! Must not know: how dates are computed.

use clap::{Args, Subcommand};

use super::explanation::{self, Basis};
use super::failure::Failure;
use super::session::Session;
use super::view::{self, ObligationView};
use super::{Exit, Format};
use crate::domain::explanation::Explanation;
use crate::domain::obligation::{Inputs, Obligation};
use crate::domain::term::Period;
use crate::workflows::inspect::{self, Answer, Question};
use crate::workflows::project;

/// Questions about the ledger.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// What is owed, by due date
    Upcoming(Upcoming),
    /// One obligation with everything known about it
    Show(Show),
    /// Why an obligation is due when it is: every day from the trigger on, with its reason and notice
    Explain(Explain),
}

/// What is owed, by due date. Working days left count from today to the act-by date; negative is late.
#[derive(Debug, Args)]
pub(super) struct Upcoming {
    /// Only what is due within this period, as 10wd (working days), 30d, 3mo; late ones are always shown
    #[arg(long, value_name = "PERIOD", value_parser = super::as_of::period)]
    within: Option<Period>,
    /// Only what concerns this unit or group, by any of its names
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Only what is late
    #[arg(long)]
    overdue: bool,
    /// Also what has no date, is done or withdrawn
    #[arg(long)]
    all: bool,
}

/// One obligation with everything known about it.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its reference (编号) or key
    #[arg(value_name = "ID")]
    id: String,
}

/// Why an obligation is due when it is: every day from the trigger to the due date, counted or skipped, with its reason
/// and notice, each adjustment, the article and the versions used. Fit for the files of a review.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Its reference (编号) or key
    #[arg(value_name = "ID")]
    id: String,
}

const COLUMNS: &[&str] =
    &["编号", "事项", "时限", "到期日", "应办日", "工作日", "灯", "状态", "牵头单位", "责任单位"];

const CSV_COLUMNS: &[&str] = &[
    "id",
    "ref",
    "occurrence",
    "title",
    "when",
    "rule",
    "trigger",
    "due",
    "act_by",
    "days_left",
    "state",
    "light",
    "provisional",
    "lead",
    "responsible",
    "done",
    "source",
];

/// Runs a question.
pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<Exit, Failure> {
    let ledger = session.ledger().await?;
    match command {
        Command::Upcoming(asked) => {
            let question = Question {
                within: asked.within,
                unit: asked.unit,
                overdue: asked.overdue,
                all: asked.all,
            };
            let answer = inspect::upcoming(session.context(&ledger), &question).await?;
            print_list(session, &answer)?;
        }
        Command::Show(asked) => {
            let answer = inspect::show(session.context(&ledger), &asked.id).await?;
            print_one(session, &answer)?;
        }
        Command::Explain(asked) => {
            let (obligation, explanation) =
                inspect::explain(session.context(&ledger), &asked.id).await?;
            print_explanation(session, &obligation, &explanation)?;
        }
    }
    Ok(Exit::Done)
}

/// Prints a list of obligations in the format asked for.
pub(super) fn print_list(session: &mut Session<'_>, answer: &Answer) -> Result<(), Failure> {
    let views = view::obligations(answer);
    match session.format {
        Format::Json => session.json(&views),
        Format::Csv => session.csv(CSV_COLUMNS, views.iter().map(csv_cells)),
        Format::Table => {
            let mut table = session.table(COLUMNS).right(&[5]);
            for (standing, view) in answer.standings.iter().zip(&views) {
                table.row(table_cells(answer, standing, view));
            }
            session.print(&table.text())
        }
    }
}

fn print_explanation(
    session: &mut Session<'_>,
    obligation: &Obligation,
    explanation: &Explanation,
) -> Result<(), Failure> {
    let rules = session.law.rules.clone();
    let rule = obligation.inputs.rule.as_deref().and_then(|name| rules.get(name));
    let version = project::rule_version(&session.law, &obligation.inputs).cloned();
    let basis = rule.zip(version.as_ref()).map(|(rule, version)| Basis { rule, version });
    match session.format {
        Format::Json => session.json(&explanation::view(explanation, basis, true)),
        Format::Csv => explanation::print_csv(session, explanation, true),
        Format::Table => {
            let Inputs { title, written, .. } = &obligation.inputs;
            let reference = obligation.inputs.full_reference();
            let written = match written.as_str() {
                "" => String::new(),
                written => format!("时限原文：{written}\n"),
            };
            session.print(&format!("{reference} {title}\n{written}\n"))?;
            explanation::print(session, explanation, basis, true)
        }
    }
}

fn table_cells(
    answer: &Answer,
    standing: &inspect::Standing,
    view: &ObligationView,
) -> Vec<String> {
    let mark = if view.provisional { "（暂定）" } else { "" };
    let date = |date: Option<jiff::civil::Date>| date.map(view::with_weekday).unwrap_or_default();
    vec![
        standing.obligation.inputs.full_reference(),
        view.title.clone(),
        view.when.clone(),
        format!("{}{mark}", date(view.due)),
        date(view.act_by),
        view::days_left(view.days_left),
        view::light_in_chinese(view.light).to_owned(),
        view::state_in_chinese(view.state).to_owned(),
        view::named(&answer.directory, &standing.obligation.lead),
        view::named(&answer.directory, &standing.obligation.responsible),
    ]
}

fn csv_cells(view: &ObligationView) -> Vec<String> {
    let date =
        |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
    vec![
        view.id.to_string(),
        view.reference.clone(),
        view.occurrence.clone().unwrap_or_default(),
        view.title.clone(),
        view.when.clone(),
        view.rule.clone().unwrap_or_default(),
        date(view.trigger),
        date(view.due),
        date(view.act_by),
        view.days_left.map(|days| days.to_string()).unwrap_or_default(),
        view.state.to_owned(),
        view.light.to_owned(),
        view.provisional.to_string(),
        view.lead.join("；"),
        view.responsible.join("；"),
        view.done.join("；"),
        view.source.clone(),
    ]
}

fn print_one(session: &mut Session<'_>, answer: &Answer) -> Result<(), Failure> {
    let views = view::obligations(answer);
    let (Some(standing), Some(view)) = (answer.standings.first(), views.first()) else {
        return Ok(());
    };
    match session.format {
        Format::Json => session.json(&views),
        Format::Csv => session.csv(CSV_COLUMNS, views.iter().map(csv_cells)),
        Format::Table => {
            let cells = table_cells(answer, standing, view);
            let mut table = session.table(&["项目", "内容"]);
            for (name, cell) in COLUMNS.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                table.row([(*name).to_owned(), cell]);
            }
            for (name, cell) in [
                ("规则", view.rule.clone().unwrap_or_default()),
                ("起算日", view.trigger.map(view::with_weekday).unwrap_or_default()),
                ("来源", view.source.clone()),
                ("备注", standing.obligation.inputs.note.clone()),
                ("序号", view.id.to_string()),
            ] {
                if !cell.is_empty() {
                    table.row([name.to_owned(), cell]);
                }
            }
            for next in &standing.follows {
                let due = view::with_weekday(next.due);
                table.row(["后续".to_owned(), format!("{}：若如期办结，预计{due}到期", next.rule)]);
            }
            for share in &standing.obligation.assignments {
                let unit = view::name(&answer.directory, share.unit);
                table.row(["任务".to_owned(), format!("{unit}：{}", share.state.chinese())]);
            }
            session.print(&table.text())
        }
    }
}
