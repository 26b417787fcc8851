//! `add`: one duty, most often an event that starts the clock of a rule.
//!
//! Must not know: how a date is computed.

use clap::Args;
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::due::DueFault;
use super::exit_code::Exit;
use super::failure::{Failure, RowPlace};
use super::query;
use crate::domain::deadline::Anchor;
use crate::domain::expression::{self, ParseContext};
use crate::domain::listed::ListedObligation;
use crate::domain::moment::Moment;
use crate::workflows::add::{AddError, add};
use crate::workflows::import_obligations::ImportObligationsError;
use crate::workflows::inspect;

/// Register one duty: `duban add --rule disclosure --on 2022-12-01 --title … --unit …` starts the clock of a rule, as many
/// times as there are events. The same event again is registered once; nothing known is ever changed.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What is to be done (事项)
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// The rule it follows; `duban rules` lists them
    #[arg(long, value_name = "NAME", required_unless_present = "when")]
    rule: Option<String>,
    /// The term, as documents write it or in short form; else that of the rule
    #[arg(long, value_name = "TERM")]
    when: Option<String>,
    /// The day of the event from which the term runs (起算日)
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// The moment of the event, in Shanghai, for a term in hours: 2026-11-22T14:30
    #[arg(long, value_name = "DATETIME", conflicts_with = "on", value_parser = super::as_of::instant)]
    at: Option<Moment>,
    /// A unit or group that owes it; may be repeated. Some of a group: 区政府有关部门=区教委+区民政局
    #[arg(long = "unit", value_name = "UNIT")]
    units: Vec<String>,
    /// A unit that leads; may be repeated
    #[arg(long = "lead", value_name = "UNIT")]
    leads: Vec<String>,
    /// Its reference (编号); else one is made
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// A target of our own (内部目标) for a duty without a date, as 10wd; only with --when 及时 and the like
    #[arg(long, value_name = "TERM")]
    internal: Option<String>,
    /// The quota this one is a part of (其中…不少于2次), by its reference; its events count for the whole
    #[arg(long, value_name = "REF")]
    part_of: Option<String>,
    /// The last day on which an occurrence of a duty that comes back may begin; it starts with the period of --on
    #[arg(long, value_name = "DATE")]
    ends: Option<Date>,
    /// Where it is written (来源)
    #[arg(long, value_name = "TEXT", default_value = "")]
    source: String,
    /// A remark
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// What starts on the day this is really done (接续): the reference of a duty that waits for it, or a rule; may be
    /// repeated
    #[arg(long = "then", value_name = "REF|RULE")]
    then: Vec<String>,
}

/// Registers the duty and shows it.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let duty = duty(arguments, context)?;
    let ledger = context.ledger().await?;
    let (reference, is_new) = add(context.for_workflow(&ledger), duty).await?;
    if !is_new {
        context.say(&format!("{reference} 已在台账中，未作改动"))?;
    }
    let answer = inspect::show(context.for_workflow(&ledger), &reference).await?;
    query::print_list(context, &answer)?;
    Ok(Exit::Done)
}

fn duty(arguments: Arguments, context: &CommandContext<'_>) -> Result<ListedObligation, Failure> {
    let reading = ParseContext { year: Some(context.now().today().year()) };
    let read = |written: &String| {
        expression::read(written, &reading)
            .map(|reading| reading.term)
            .map_err(|fault| DueFault::Term { written: written.clone(), fault })
    };
    let term = arguments.when.as_ref().map(read).transpose()?;
    let internal = arguments.internal.as_ref().map(read).transpose()?;
    Ok(ListedObligation {
        reference: arguments.reference,
        title: arguments.title,
        written: arguments.when.unwrap_or_default(),
        term,
        trigger: arguments.at.map(Anchor::from).or(arguments.on.map(Anchor::from)),
        lead: arguments.leads,
        responsible: arguments.units,
        rule: arguments.rule,
        source: arguments.source,
        note: arguments.note,
        then: arguments.then,
        internal,
        part_of: arguments.part_of,
        ends: arguments.ends,
    })
}

impl From<AddError> for Failure {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Taken { reference } => Self::Taken { reference },
            AddError::Import(ImportObligationsError::Storage(error)) => Self::Storage(error),
            AddError::Import(ImportObligationsError::Rejected(faults)) => {
                let places = vec![RowPlace { file: "add".to_owned(), line: 1 }];
                Self::Obligations { unread: Vec::new(), refused: faults, places }
            }
        }
    }
}
