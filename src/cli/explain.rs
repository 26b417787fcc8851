//! `explain`: why an obligation is due when it is.
//!
//! Must not know: how dates are computed, how an argument is laid out (`explanation`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::explanation;
use super::failure::Failure;
use super::format::Format;
use crate::storage::Store;
use crate::views::explanation::{LegalBasis, ObligationExplanationView, RuleInForce};
use crate::views::explanation_document::{self, Sheet};
use crate::workflows::Law;
use crate::workflows::explain::{Explained, OnCalendar, explain};
use crate::workflows::project;

/// Explain why obligations are due on their dates
///
/// Lists every day from the trigger to the due date, counted or skipped, with its reason and notice; each adjustment with its
/// article; source, units, the law on counting days and the notices used. Suitable for the files of a review, as text or with
/// --html as a page to print.
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
    /// Write one HTML page to print and file to this file; - is standard output
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

pub(super) async fn run(
    asked: Arguments,
    ledger: &Arc<dyn Store>,
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
    if let Some(file) = &asked.html {
        return write_page(file, &all, context);
    }
    // The law is taken out of the context, which prints.
    let law = context.law.clone();
    let today = context.now().today();
    if context.format == Format::Json && all.len() > 1 {
        let view = |it| ObligationExplanationView::of(it, basis(&law, it, today), today);
        let views: Vec<ObligationExplanationView> = all.iter().map(view).collect();
        return context.json(&views);
    }
    for (index, explained) in all.iter().enumerate() {
        if index > 0 {
            context.print("\n")?;
        }
        print(context, explained, basis(&law, explained, today))?;
    }
    Ok(())
}

/// Writes the explanations as one page to print, or prints it where `file` is `-`.
fn write_page(
    file: &Path,
    all: &[Explained],
    context: &mut CommandContext<'_>,
) -> Result<(), Failure> {
    let today = context.now().today();
    let lang = context.lang;
    let sheets =
        all.iter().map(|it| Sheet { explained: it, basis: basis(&context.law, it, today) });
    let sheets: Vec<Sheet<'_>> = sheets.collect();
    let page = explanation_document::html(&sheets, &context.settings.office.unit, today, lang);
    if file == Path::new("-") {
        return context.print(&page);
    }
    let failed = |source| Failure::File { path: file.to_owned(), source };
    std::fs::write(file, page).map_err(failed)
}

/// The law behind a date: the rule in its version on the day of the trigger, and the law on counting of that day.
fn basis<'a>(law: &'a Law, explained: &Explained, today: Date) -> LegalBasis<'a> {
    let inputs = &explained.obligation.inputs;
    let rule = inputs.rule.as_deref().and_then(|name| law.rules.get(name));
    let in_force = rule.zip(project::rule_version(law, inputs));
    let in_force = in_force.map(|(rule, version)| RuleInForce { rule, version });
    LegalBasis::of(&law.rules, in_force, explained.explanation.trigger, today)
}

fn print(
    context: &mut CommandContext<'_>,
    explained: &Explained,
    basis: LegalBasis<'_>,
) -> Result<(), Failure> {
    let (lang, today) = (context.lang, context.now().today());
    match context.format {
        Format::Json => context.json(&ObligationExplanationView::of(explained, basis, today)),
        Format::Csv => explanation::print_steps_as_csv(context, &explained.explanation),
        Format::Table => {
            let facts = explanation_document::facts(explained, basis, today, lang);
            explanation::print_argument(context, &explained.explanation, basis, &facts, true)
        }
    }
}
