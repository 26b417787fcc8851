//! `explain`: why an obligation is due when it is.
//!
//! Must not know: how dates are computed, how an argument is laid out (`explanation`).

use clap::Args;

use super::command_context::CommandContext;
use super::explanation;
use super::failure::Failure;
use super::format::Format;
use crate::storage::sqlite::Sqlite;
use crate::views::argument;
use crate::views::explanation::ObligationExplanationView;
use crate::views::explanation::RuleInForce;
use crate::words;
use crate::words::Lang;
use crate::workflows::Law;
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
        let views: Vec<ObligationExplanationView> = all
            .iter()
            .map(|explained| {
                ObligationExplanationView::of(explained, rule_in_force(&context.law, explained))
            })
            .collect();
        return context.json(&views);
    }
    for (index, explained) in all.iter().enumerate() {
        if index > 0 {
            context.print("\n")?;
        }
        print(context, explained)?;
    }
    Ok(())
}

/// The rule that the obligation follows, in its version on the day of the trigger.
fn rule_in_force<'a>(law: &'a Law, explained: &Explained) -> Option<RuleInForce<'a>> {
    let inputs = &explained.obligation.inputs;
    let rule = inputs.rule.as_deref().and_then(|name| law.rules.get(name))?;
    let version = project::rule_version(law, inputs)?;
    Some(RuleInForce { rule, version })
}

fn print(context: &mut CommandContext<'_>, explained: &Explained) -> Result<(), Failure> {
    let lang = context.lang;
    let rule = rule_in_force(&context.law, explained);
    match context.format {
        Format::Json => {
            let view = ObligationExplanationView::of(explained, rule);
            context.json(&view)
        }
        Format::Csv => explanation::print_steps_as_csv(context, &explained.explanation),
        Format::Table => {
            let mut facts = argument::facts(&explained.explanation, rule, lang);
            facts.extend(argument::changes_since(explained, lang));
            context.print(&heading(explained, lang))?;
            explanation::print_argument(context, &explained.explanation, &facts, true)
        }
    }
}

/// Reference, title and the term as the document writes it.
fn heading(explained: &Explained, lang: Lang) -> String {
    let inputs = &explained.obligation.inputs;
    let (reference, title, written) = (inputs.full_reference(), &inputs.title, &inputs.written);
    match written.as_str() {
        "" => format!("{reference} {title}\n\n"),
        _ => words!(
            lang,
            zh = "{reference} {title}\n时限原文：{written}\n\n",
            en = "{reference} {title}\nTerm as written: {written}\n\n",
        ),
    }
}
