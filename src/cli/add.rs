//! `add`: one duty, most often an event that starts the clock of a rule.
//!
//! Must not know: how a date is computed.

use clap::{ArgGroup, Args};
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::due_fault::DueFault;
use super::exit_code::Exit;
use super::failure::Failure;
use super::{not_told, values};
use crate::domain::deadline::Anchor;
use crate::domain::expression::{self, ParseContext};
use crate::domain::listed::ListedObligation;
use crate::domain::moment::Moment;
use crate::domain::obligation::BY_HAND;
use crate::storage::unattended::UnattendedDuty;
use crate::views::obligation::ObligationView;
use crate::words;
use crate::workflows::add::add;
use crate::workflows::import_obligations::Answers;
use crate::workflows::inspect;

/// Register one obligation, or an event that starts the term of a rule
///
/// For example `duban add --rule disclosure --on 2022-12-01 --title TITLE --unit UNIT`; each event registers one
/// obligation. The same event given again is registered once. What is already in the ledger is never changed.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("term").args(["rule", "when"]).required(true).multiple(true))]
pub(super) struct Arguments {
    /// What is to be done (事项)
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// The rule that sets the term; `duban rules` lists the rules
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// The term (时限), as documents write it or in short form; default: that of the rule
    #[arg(long, value_name = "TERM")]
    when: Option<String>,
    /// The year of a day without one, such as 10月底前; confirms a day more than 30 years ahead
    #[arg(long, value_name = "YEAR", value_parser = values::year)]
    year: Option<i16>,
    /// The day of the event from which the term runs (起算日)
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    on: Option<Date>,
    /// The moment of the event, for a term in hours, such as 2026-11-22T14:30 (Asia/Shanghai)
    #[arg(long, value_name = "DATETIME", conflicts_with = "on", value_parser = values::instant)]
    at: Option<Moment>,
    /// A responsible unit or group (责任单位); repeatable. Some of a group: 区政府有关部门=区教委+区民政局
    #[arg(long = "unit", value_name = "UNIT")]
    units: Vec<String>,
    /// A lead unit (牵头单位); repeatable
    #[arg(long = "lead", value_name = "UNIT")]
    leads: Vec<String>,
    /// Its reference (编号); default: one is generated
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// An internal target (内部目标), such as 10wd, for a term without a date, such as --when 及时
    #[arg(long, value_name = "TERM")]
    internal: Option<String>,
    /// Reference of the quota of which this is a part (其中…不少于2次); its events count for the whole
    #[arg(long, value_name = "REF")]
    part_of: Option<String>,
    /// For a series: the last day on which an occurrence may begin; it starts with the period of --on
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    ends: Option<Date>,
    /// The source document and clause (来源)
    #[arg(long, value_name = "TEXT", default_value = "")]
    source: String,
    /// What the units must know (说明); it stands in every mail about the obligation
    #[arg(long, value_name = "TEXT", default_value = "")]
    instructions: String,
    /// A remark (备注) of the office; no mail shows it
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    /// Register it though it is late already; a series then owes what was due since --on
    #[arg(long)]
    late: bool,
    /// Register it though its event is still to come
    #[arg(long)]
    planned: bool,
    /// What starts on the day this is really done (接续): reference of a waiting obligation, or a rule; repeatable
    #[arg(long = "then", value_name = "REF|RULE")]
    then: Vec<String>,
}

/// Registers the duty and shows it.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let answers =
        Answers { late: arguments.late, planned: arguments.planned, ..Answers::default() };
    let duty = duty(arguments, context)?;
    say_doubt(&duty, context)?;
    let ledger = context.ledger().await?;
    let (reference, is_new) = add(context.for_workflow(&ledger), duty, answers).await?;
    if !is_new {
        let said = words!(
            context.lang,
            zh = "{reference}已在台账中，未作改动",
            en = "{reference} is in the ledger already; nothing was changed",
        );
        context.say(&said)?;
    }
    // another list may have the reference too
    let place = format!("{BY_HAND}/{reference}");
    let answer = inspect::show(context.for_workflow(&ledger), &place).await?;
    context.list(&ObligationView::all(&answer), "")?;
    let is_meant = |duty: &UnattendedDuty| {
        let mut standings = answer.standings.iter();
        standings.any(|status| status.obligation.inputs.full_reference() == duty.reference)
    };
    not_told::say_unreachable(context, &answer)?;
    not_told::say(context, &ledger, is_meant).await
}

/// Says what is doubtful about the legal basis of the term.
fn say_doubt(duty: &ListedObligation, context: &mut CommandContext<'_>) -> Result<(), Failure> {
    let rule = duty.rule.as_deref().filter(|_| duty.term.is_none());
    let Some(rule) = rule.and_then(|rule| context.law.rules.get(rule)) else { return Ok(()) };
    let day = duty.trigger.map(Anchor::day);
    let version = day.map_or_else(|| rule.newest(), |day| rule.on(day));
    match version.and_then(|version| version.say_doubt(&rule.name, context.lang)) {
        Some(doubt) => context.say(&doubt),
        None => Ok(()),
    }
}

fn duty(arguments: Arguments, context: &CommandContext<'_>) -> Result<ListedObligation, Failure> {
    let year = arguments.year.unwrap_or_else(|| context.now().today().year());
    let reading = ParseContext { year: Some(year) };
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
        year: arguments.year,
        trigger: arguments.at.map(Anchor::from).or(arguments.on.map(Anchor::from)),
        lead: arguments.leads,
        responsible: arguments.units,
        rule: arguments.rule,
        source: arguments.source,
        note: arguments.note,
        instructions: arguments.instructions,
        then: arguments.then,
        internal,
        part_of: arguments.part_of,
        ends: arguments.ends,
        completion: None,
    })
}
