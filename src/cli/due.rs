//! `due`: the calculator.
//!
//! Must not know: how dates are counted, the ledger.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::due_fault::DueFault;
use super::exit_code::Exit;
use super::explanation;
use super::failure::Failure;
use super::format::Format;
use super::values;
use crate::domain::deadline::{Anchor, Calculation, DeadlineFault, Direction};
use crate::domain::explanation::explain;
use crate::domain::expression::{self, ParseContext};
use crate::domain::recurrence::Occurrence;
use crate::domain::rule::Rule;
use crate::domain::similar::most_similar;
use crate::domain::term::Term;
use crate::intake::count_batch::{self, BatchError, BatchFault};
use crate::views::argument;
use crate::views::explanation::ExplanationView;
use crate::views::explanation::{LegalBasis, RuleInForce};
use crate::words;
use crate::words::{Lang, Say as _};

/// Calculate when a term ends, on the official working calendar
///
/// TERM is what a document says (20个工作日内, 不少于30日, 3个月内, 2026年底前, 每年1月31日前) or the short form (20wd, 30d, 3mo,
/// 5h, >=30d, 2026-12-31). With --rule the term, its legal basis and the version in force come from the rule.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The term (时限)
    #[arg(value_name = "TERM", required_unless_present_any = ["rule", "batch"])]
    term: Option<String>,
    /// The trigger (起算日), which is not counted: a date, or a date and time for terms in hours
    #[arg(long, value_name = "DATE|DATETIME", value_parser = values::event)]
    from: Option<Anchor>,
    /// Take the term from this rule, in its version of the day of the trigger
    #[arg(long, value_name = "RULE", conflicts_with = "term")]
    rule: Option<String>,
    /// Count back from the event (提前7日, 5个工作日前), to the latest working day before it
    #[arg(long, conflicts_with = "rule")]
    before: bool,
    /// List every day from the trigger to the due date, with its reason
    #[arg(long)]
    explain: bool,
    /// Read rows `start_date,n,unit,roll` from a CSV file (- is standard input) and append `due_date,provisional`
    ///
    /// unit is working, calendar or month; roll is none, following or preceding; n may be negative or 0. A faulty row is
    /// reported on standard error with its line and gets empty cells; the other rows are calculated.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["term", "rule", "from", "before", "explain"])]
    batch: Option<PathBuf>,
}

/// Runs the calculator.
pub(super) async fn run(
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    context.take_in_imported_notices().await?;
    match (&arguments.batch, &arguments.rule, &arguments.term) {
        (Some(file), ..) => batch(file, context),
        (None, Some(name), _) => by_rule(name, arguments, context),
        (None, None, Some(written)) => by_term(written, arguments, context),
        (None, None, None) => Ok(Exit::Usage),
    }
}

fn by_term(
    written: &str,
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let reading = ParseContext { year: Some(context.now().today().year()) };
    let counts = if arguments.before { Direction::Before } else { Direction::After };
    let lead = expression::read_lead(written).filter(|_| arguments.before);
    let term = match lead {
        Some(period) => Term::Within(period),
        None => {
            expression::read(written, &reading)
                .map_err(|fault| DueFault::Term { written: written.to_owned(), fault })?
                .term
        }
    };
    answer(&term, counts, None, arguments, context)
}

fn by_rule(
    name: &str,
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let rule = rule_called(name, context)?.clone();
    let day = arguments.from.map_or_else(|| context.now().today(), Anchor::day);
    let version = rule.on(day).ok_or_else(|| DueFault::NotInForce {
        name: rule.name.clone(),
        day,
        first: rule.versions.first().map(|version| version.from),
    })?;
    let in_force = RuleInForce { rule: &rule, version };
    answer(&version.term, version.counts, Some(in_force), arguments, context)
}

/// The rule of that name.
pub(super) fn rule_called<'a>(
    name: &str,
    context: &'a CommandContext<'_>,
) -> Result<&'a Rule, DueFault> {
    context.law.rules.get(name).ok_or_else(|| {
        let similar = most_similar(context.law.rules.names(), name);
        DueFault::UnknownRule { name: name.to_owned(), similar }
    })
}

fn answer(
    term: &Term,
    counts: Direction,
    rule: Option<RuleInForce<'_>>,
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let from = arguments.from;
    let anchor = match term {
        Term::Every(_) | Term::Times(_) => {
            // Strict: the first due date after the day given.
            let after = from.map(Anchor::day).map(|day| day.tomorrow().unwrap_or(day));
            let first_on = after.unwrap_or_else(|| context.now().today());
            first_period(term, counts, first_on, context)?.map(|period| Anchor::Day(period.first))
        }
        Term::Within(_) | Term::AtLeast(_) if from.is_none() => {
            return Err(DueFault::NoTrigger { term: term.clone() }.into());
        }
        Term::By(_) | Term::Within(_) | Term::AtLeast(_) | Term::Window { .. } | Term::Undated => {
            from
        }
    };
    let conventions = context.law.conventions;
    let case =
        Calculation { anchor, counts, conventions, ..Calculation::of(term, &context.law.calendar) };
    let explanation = explain(&case)?;
    let with_steps = arguments.explain;
    // The rules are taken out of the context, which prints.
    let rules = context.law.rules.clone();
    let basis = LegalBasis::of(&rules, rule, explanation.trigger, context.now().today());
    match context.format {
        Format::Table => {
            let facts = argument::facts(&explanation, basis, context.lang);
            explanation::print_argument(context, &explanation, basis, &facts, with_steps)?;
        }
        Format::Json => context.json(&ExplanationView::of(&explanation, basis, with_steps))?,
        Format::Csv if with_steps => explanation::print_steps_as_csv(context, &explanation)?,
        Format::Csv => {
            let view = ExplanationView::of(&explanation, basis, false);
            context.csv(ExplanationView::KEYS, &[view])?;
        }
    }
    Ok(Exit::Done)
}

/// The first period of a series that is due on `from` or later.
fn first_period(
    term: &Term,
    counts: Direction,
    from: Date,
    context: &CommandContext<'_>,
) -> Result<Option<Occurrence>, DeadlineFault> {
    let calendar = &context.law.calendar;
    let conventions = context.law.conventions;
    Occurrence::first_due(term, from, calendar, |period| {
        let anchor = Some(Anchor::Day(period.first));
        let case = Calculation { anchor, counts, conventions, ..Calculation::of(term, calendar) };
        Ok(case.clock()?.deadline().map(|deadline| deadline.due))
    })
}

fn batch(file: &Path, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let name = file.display().to_string();
    let input: Box<dyn Read> = if name == "-" {
        Box::new(io::stdin().lock())
    } else {
        let source = |source| Failure::File { path: file.to_owned(), source };
        Box::new(File::open(file).map_err(source)?)
    };
    let mut said = Ok(());
    let lang = context.lang;
    let err = &mut context.terminal.err;
    let tally = count_batch::count_batch(
        &context.law.calendar,
        input,
        &mut context.terminal.out,
        |fault| {
            if said.is_ok() {
                said = say_row(&name, &fault, lang, &mut *err);
            }
        },
    )
    .map_err(|error| match error {
        BatchError::NoColumn { column } => {
            DueFault::NoColumn { file: file.to_owned(), column }.into()
        }
        BatchError::Input(source) => Failure::File { path: file.to_owned(), source },
        BatchError::Output(error) => Failure::Output(error),
    })?;
    said?;
    Ok(if tally.faulty == 0 { Exit::Done } else { Exit::Rejected })
}

/// Says what is wrong with one row of a table; the other rows are calculated.
fn say_row(file: &str, fault: &BatchFault, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let line = words!(
        lang,
        zh = "错误：{place}：{what}",
        en = "error: {place}: {what}",
        place = lang.line_of(file, fault.line),
        what = fault.kind.say(lang)
    );
    writeln!(out, "{line}")
}
