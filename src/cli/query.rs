//! `upcoming` and `show`: what is due, and what is this.
//!
//! Must not know: how dates are computed.

use clap::{Args, Subcommand};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::explain;
use super::failure::Failure;
use super::format::Format;
use super::view::{self, ObligationView};
use crate::domain::life::was_late;
use crate::domain::obligation::{Assignment, Obligation};
use crate::domain::term::Period;
use crate::words::Lang;
use crate::workflows::follow_up::Forecast;
use crate::workflows::inspect::{self, Answer, Question};

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
    "trigger_at",
    "due_at",
    "then",
    "internal_target",
    "part_of",
];

/// Runs a question.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    match command {
        Command::Upcoming(asked) => {
            let question = Question {
                within: asked.within,
                unit: asked.unit,
                overdue: asked.overdue,
                all: asked.all,
            };
            let answer = inspect::upcoming(context.for_workflow(&ledger), &question).await?;
            print_list(context, &answer)?;
        }
        Command::Show(asked) => {
            let mut answers = Vec::new();
            for id in &asked.ids {
                answers.push(inspect::show(context.for_workflow(&ledger), id).await?);
            }
            print_details(context, answers)?;
        }
        Command::Explain(asked) => explain::run(asked, &ledger, context).await?,
    }
    Ok(Exit::Done)
}

/// Prints a list of obligations in the format asked for.
pub(super) fn print_list(context: &mut CommandContext<'_>, answer: &Answer) -> Result<(), Failure> {
    let views = view::obligations(answer);
    match context.format {
        Format::Json => context.json(&views),
        Format::Csv => context.csv(CSV_COLUMNS, views.iter().map(csv_cells)),
        Format::Table => {
            let mut table = context.table(COLUMNS).right(&[5]);
            for (standing, view) in answer.standings.iter().zip(&views) {
                table.row(table_cells(answer, standing, view));
            }
            context.print(&table.text())
        }
    }
}

fn table_cells(
    answer: &Answer,
    standing: &inspect::Standing,
    view: &ObligationView,
) -> Vec<String> {
    let mark = match (view.internal_target, view.provisional) {
        (true, _) => "（内部目标）",
        (false, true) => "（暂定）",
        (false, false) => "",
    };
    let date = |date: Option<jiff::civil::Date>| date.map(view::with_weekday).unwrap_or_default();
    vec![
        standing.obligation.inputs.full_reference(),
        view.title.clone(),
        view.when.clone(),
        format!("{}{mark}", view::due(&standing.obligation)),
        date(view.act_by),
        view::days_left(view.days_left, view.internal_target),
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
        view.trigger_at.clone().unwrap_or_default(),
        view.due_at.clone().unwrap_or_default(),
        view.then.join("；"),
        view.internal_target.to_string(),
        view.part_of.clone().unwrap_or_default(),
    ]
}

fn print_details(context: &mut CommandContext<'_>, answers: Vec<Answer>) -> Result<(), Failure> {
    let views = || answers.iter().flat_map(view::obligations);
    match context.format {
        Format::Json => context.json(&views().collect::<Vec<_>>()),
        Format::Csv => {
            let rows: Vec<_> = views().map(|view| csv_cells(&view)).collect();
            context.csv(CSV_COLUMNS, rows)
        }
        Format::Table => {
            for (index, answer) in answers.iter().enumerate() {
                if index > 0 {
                    context.print("\n")?;
                }
                print_one(context, answer)?;
            }
            Ok(())
        }
    }
}

fn print_one(context: &mut CommandContext<'_>, answer: &Answer) -> Result<(), Failure> {
    let views = view::obligations(answer);
    let (Some(standing), Some(view)) = (answer.standings.first(), views.first()) else {
        return Ok(());
    };
    let cells = table_cells(answer, standing, view);
    let mut table = context.table(&["项目", "内容"]);
    for (name, cell) in COLUMNS.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        table.row([(*name).to_owned(), cell]);
    }
    let internal = if view.internal_target {
        "到期日为本单位自定的内部目标，文件未规定期限"
    } else {
        ""
    };
    for (name, cell) in [
        ("内部目标", internal.to_owned()),
        ("属于", view.part_of.clone().unwrap_or_default()),
        ("规则", view.rule.clone().unwrap_or_default()),
        ("起算日", view::trigger(&standing.obligation)),
        ("中止", view.suspended_since.map(stopped).unwrap_or_default()),
        ("来源", view.source.clone()),
        ("备注", standing.obligation.inputs.note.clone()),
        ("序号", view.id.to_string()),
    ] {
        if !cell.is_empty() {
            table.row([name.to_owned(), cell]);
        }
    }
    for next in &standing.follows {
        let due = forecast(next);
        table.row(["后续".to_owned(), format!("{}：若如期办结，预计{due}到期", next.what)]);
    }
    for before in &standing.waits_for {
        let due = forecast(before);
        table.row(["预计".to_owned(), format!("{}如期办结的，{due}到期", before.what)]);
    }
    for line in &view.quota {
        table.row(["次数".to_owned(), format!("{}：{}", line.unit, line.words())]);
    }
    for share in &standing.obligation.assignments {
        let unit = view::name(&answer.directory, share.unit);
        let done = done(&standing.obligation, share);
        table.row(["任务".to_owned(), format!("{unit}：{}{done}", share.state.say(Lang::Zh))]);
    }
    context.print(&table.text())
}

fn stopped(since: jiff::civil::Date) -> String {
    format!("自{}起中止，恢复之前没有到期日", view::with_weekday(since))
}

fn forecast(forecast: &Forecast) -> String {
    let mark = if forecast.provisional { "（暂定）" } else { "" };
    format!("{}{mark}", view::with_weekday(forecast.due))
}

/// The day a share was really done, and whether that was late: a breach stays on record after closing. An internal target
/// (内部目标) is never called late.
fn done(obligation: &Obligation, share: &Assignment) -> String {
    let Some(on) = share.done_on else { return String::new() };
    let deadline = obligation.deadline.as_ref().filter(|_| !obligation.inputs.internal);
    let is_late = deadline.is_some_and(|deadline| was_late(deadline, on));
    format!("（{on}办结{}）", if is_late { "，逾期" } else { "" })
}
