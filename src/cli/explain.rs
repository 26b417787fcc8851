//! `explain`: why an obligation is due when it is.
//!
//! Must not know: how dates are computed, how an argument is laid out (`explanation`).

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use super::command_context::CommandContext;
use super::explanation::{self, Basis, ExplanationView};
use super::failure::Failure;
use super::format::Format;
use crate::domain::obligation::Inputs;
use crate::storage::sqlite::Sqlite;
use crate::workflows::explain::{Explained, OnCalendar, explain};
use crate::workflows::project;

/// Explain why obligations are due on their dates
///
/// Lists every day from the trigger to the due date, counted or skipped, with its reason and notice; each adjustment; the
/// articles and the versions used. Suitable for the files of a review.
///
/// Uses the calendar and the conventions with which the date was calculated, which the ledger keeps; names what has changed
/// since.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// References (编号) or numbers of the obligations
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Use another calendar: the first digits of a version in the ledger, or `current` for the calendar in force
    #[arg(long, value_name = "VERSION|current")]
    calendar: Option<String>,
}

/// The argument for the date of an obligation, as JSON shows it.
#[derive(Serialize)]
struct View {
    #[serde(flatten)]
    explanation: ExplanationView,
    /// The unit whose own calendar was used.
    calendar_unit: Option<String>,
    calendar_in_force: String,
    rule_in_force: Option<String>,
    /// The due date in the ledger.
    ledger_due: Option<Date>,
}

pub(super) async fn run(
    asked: Arguments,
    ledger: &Sqlite,
    context: &mut CommandContext<'_>,
) -> Result<(), Failure> {
    let on = match asked.calendar.as_deref() {
        None => OnCalendar::OfTheDate,
        Some("current") => OnCalendar::InForce,
        Some(digits) => OnCalendar::Kept(digits.to_ascii_lowercase()),
    };
    let mut all = Vec::new();
    for id in &asked.ids {
        all.push(explain(context.for_workflow(ledger), id, &on).await?);
    }
    if context.format == Format::Json && all.len() > 1 {
        let views: Vec<View> = all
            .into_iter()
            .map(|explained| {
                let inputs = &explained.obligation.inputs;
                let rule = inputs.rule.as_deref().and_then(|name| context.law.rules.get(name));
                let version = project::rule_version(&context.law, inputs);
                let basis = rule.zip(version).map(|(rule, version)| Basis { rule, version });
                view(explained, basis)
            })
            .collect();
        return context.json(&views);
    }
    for (index, explained) in all.into_iter().enumerate() {
        if index > 0 {
            context.print("\n")?;
        }
        print(context, explained)?;
    }
    Ok(())
}

fn print(context: &mut CommandContext<'_>, explained: Explained) -> Result<(), Failure> {
    let rules = context.law.rules.clone();
    let inputs = &explained.obligation.inputs;
    let rule = inputs.rule.as_deref().and_then(|name| rules.get(name));
    let version = project::rule_version(&context.law, inputs).cloned();
    let basis = rule.zip(version.as_ref()).map(|(rule, version)| Basis { rule, version });
    match context.format {
        Format::Json => context.json(&view(explained, basis)),
        Format::Csv => explanation::print_csv(context, &explained.explanation, true),
        Format::Table => {
            let Inputs { title, written, .. } = inputs;
            let reference = inputs.full_reference();
            let written = match written.as_str() {
                "" => String::new(),
                written => format!("时限原文：{written}\n"),
            };
            context.print(&format!("{reference} {title}\n{written}\n"))?;
            let notes = notes(&explained);
            explanation::print_with(context, &explained.explanation, basis, notes, true)
        }
    }
}

fn view(explained: Explained, basis: Option<Basis<'_>>) -> View {
    View {
        explanation: explanation::view(&explained.explanation, basis, true),
        ledger_due: explained.obligation.deadline.map(|deadline| deadline.due),
        calendar_unit: explained.unit,
        calendar_in_force: explained.calendar_in_force,
        rule_in_force: explained.rule_in_force,
    }
}

/// Whose calendar it is, and what has changed since the date was worked out.
fn notes(explained: &Explained) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    let Explained { obligation, explanation, unit, calendar_in_force, rule_in_force } = explained;
    if obligation.inputs.internal {
        notes.push(("内部目标", "本单位自定，文件未规定期限".to_owned()));
    }
    if let Some(unit) = unit {
        notes.push(("日历单位", format!("{unit}（该单位有自己的休息日和工作日）")));
    }
    if *calendar_in_force != explanation.calendar_version {
        notes.push((
            "日历变动",
            format!("现行日历是版本{calendar_in_force}，加 --calendar current 按现行日历说明"),
        ));
    }
    let used = &obligation.basis.rule_version;
    if let Some(used) = used.as_ref().filter(|_| used != rule_in_force) {
        let now = rule_in_force.as_deref().unwrap_or("无");
        notes.push(("规则变动", format!("算定时的规则版本是{used}，现行版本是{now}")));
    }
    if let Some(kept) = obligation.deadline.filter(|_| !explained.agrees_with_ledger()) {
        let due = super::view::with_weekday(kept.due);
        notes.push(("台账所载", format!("到期日{due}，与上述结果不同")));
    }
    notes
}
