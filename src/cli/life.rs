//! `ack`, `report`, `close`, `reopen`, `withdraw`: the state of obligations.
//!
//! Must not know: which change is allowed.

use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::values;
use crate::domain::life::{CompletionDetails, Transition, TransitionRequest};
use crate::domain::obligation::Obligation;
use crate::storage::Store;
use crate::views::changes::StateChangeView;
use crate::words;
use crate::words::Say as _;
use crate::workflows::follow_up::{self, Started, Stuck};
use crate::workflows::life::{self, Target};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Ack(Ack),
    Report(Report),
    Close(Close),
    Reopen(Reopen),
    Withdraw(Withdraw),
}

/// Acknowledge an obligation (签收): the unit knows of it
///
/// Notices before the due date stop; reminders about lateness do not.
#[derive(Debug, Args)]
pub(super) struct Ack {
    #[command(flatten)]
    whose: Whose,
}

/// Take a report, closing or withdrawal back: it is owed again
#[derive(Debug, Args)]
pub(super) struct Reopen {
    #[command(flatten)]
    whose: Whose,
}

/// Withdraw an obligation (撤销): it is no longer owed
#[derive(Debug, Args)]
pub(super) struct Withdraw {
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
struct Whose {
    /// References (编号) or numbers of the obligations; all of them are changed, or none
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Only the assignment of this unit, or those of the members of this group
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// Every unit's assignment, where several units owe it
    #[arg(long, conflicts_with = "unit")]
    all_units: bool,
    /// Every open occurrence of a series, where several are open
    #[arg(long)]
    all_occurrences: bool,
    /// Who says so, for the journal; default: the login name
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// The reason, for the journal
    #[arg(long, alias = "note", value_name = "TEXT")]
    reason: Option<String>,
}

/// Report work as done (报结), with evidence and the day on which it was done
///
/// Whether it was late is judged by the day on which it was done, not by the day of the report.
#[derive(Debug, Args)]
pub(super) struct Report {
    #[command(flatten)]
    whose: Whose,
    /// Where the result can be seen: a URL, or the number of a document
    #[arg(long, value_name = "URL|NUMBER")]
    evidence: String,
    /// The day on which it was really done; default: today
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    done: Option<Date>,
    /// Why a minimum term (不少于) ended before its earliest lawful end, for the journal
    #[arg(long, value_name = "TEXT")]
    shortened_because: Option<String>,
}

/// Close an obligation (销号): confirm that it is done, reported before or not
///
/// What was reported stays on record, except for what is given again here.
#[derive(Debug, Args)]
pub(super) struct Close {
    #[command(flatten)]
    whose: Whose,
    /// Where the result can be seen: a URL, or the number of a document
    #[arg(long, value_name = "URL|NUMBER")]
    evidence: Option<String>,
    /// The day on which it was really done; default: the day reported, else today
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    done: Option<Date>,
    /// Why a minimum term (不少于) ended before its earliest lawful end, for the journal
    #[arg(long, value_name = "TEXT")]
    shortened_because: Option<String>,
}

/// Runs a change.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let (transition, whose, details) = match command {
        Command::Ack(Ack { whose }) => {
            (Transition::Acknowledge, whose, CompletionDetails::default())
        }
        Command::Reopen(Reopen { whose }) => {
            (Transition::Reopen, whose, CompletionDetails::default())
        }
        Command::Withdraw(Withdraw { whose }) => {
            (Transition::Withdraw, whose, CompletionDetails::default())
        }
        Command::Report(Report { whose, evidence, done: on, shortened_because }) => (
            Transition::Report,
            whose,
            CompletionDetails { on, evidence: Some(evidence), shortened_because },
        ),
        Command::Close(Close { whose, evidence, done: on, shortened_because }) => {
            (Transition::Close, whose, CompletionDetails { on, evidence, shortened_because })
        }
    };
    let Whose { ids, unit, all_units, all_occurrences, by, reason } = whose;
    let request = TransitionRequest { transition, details, reason };
    let target = |obligation| Target {
        obligation,
        unit: unit.clone(),
        all_units,
        all_occurrences,
        by: by.clone(),
    };
    let targets: Vec<Target> = ids.into_iter().map(target).collect();
    let ledger = context.ledger().await?;
    let batch = life::act(context.for_workflow(&ledger), &targets, &request).await?;
    let exit = say_started(context, &batch.started)?;
    if request.transition == Transition::Reopen {
        for acted in &batch.acted {
            say_what_goes_on(context, &ledger, &acted.obligation).await?;
        }
    }
    let views: Vec<StateChangeView> = batch
        .acted
        .iter()
        .flat_map(|acted| {
            acted.changed.iter().map(|change| StateChangeView::of(&acted.obligation, change))
        })
        .collect();
    context.list(&views, "")?;
    Ok(exit)
}

/// What completions have started; what cannot be started needs a person.
pub(super) fn say_started(
    context: &mut CommandContext<'_>,
    started: &Started,
) -> Result<Exit, Failure> {
    let lang = context.lang;
    let Started { started, unchanged, stuck } = started;
    if !started.is_empty() {
        let list = lang.list(started);
        context.say(&words!(lang, zh = "已开始：{list}", en = "started: {list}"))?;
    }
    for reference in unchanged {
        context.say(&words!(
            lang,
            zh = "{reference}此前已开始或已撤销，保持不变",
            en = "{reference} had started before, or was withdrawn; it is unchanged"
        ))?;
    }
    for Stuck { completed, faults } in stuck {
        let faults: Vec<String> = faults.iter().map(|fault| fault.say(lang)).collect();
        context.say(&words!(
            lang,
            zh = "{completed}的接续事项无法开始：{list}；改正后，下次检查时自动重试",
            en = "what follows {completed} cannot start: {list}; correct that, and the next pass tries again",
            list = faults.join(lang.pick("；", "; "))
        ))?;
    }
    Ok(if stuck.is_empty() { Exit::Done } else { Exit::NeedsPerson })
}

/// A completion that is taken back has started what follows: that goes on until a person says otherwise.
async fn say_what_goes_on(
    context: &mut CommandContext<'_>,
    ledger: &Arc<dyn Store>,
    obligation: &Obligation,
) -> Result<(), Failure> {
    for begun in follow_up::started_by(context.for_workflow(ledger), obligation).await? {
        context.say(&words!(
            context.lang,
            zh = "{begun}随本事项办结而开始，现继续进行；如属错误，请用 duban withdraw {begun} 撤销，或用 duban clock restart {begun} --on 日期 重新起算",
            en = "{begun} started when this was done, and continues; if that is wrong, use `duban withdraw {begun}` or `duban clock restart {begun} --on DATE`"
        ))?;
    }
    Ok(())
}
