//! `ledger`: a person confirms a copied or restored ledger or the clock, or makes a backup.
//!
//! Must not know: how either came into doubt, how a copy is made.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::{archive, person, retain};
use crate::domain::delivery::MessageState;
use crate::domain::watch::{Displacement, Hold};
use crate::storage::Store;
use crate::words;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Adopt(Adopt),
    Backup(Backup),
    Retain(retain::Retain),
    Archive(archive::Archive),
    /// Show, copy or erase what the ledger holds about a person (个人信息)
    #[command(subcommand)]
    Person(person::Command),
}

/// Confirm this copy of the ledger as the one to work with
///
/// After a ledger was copied, restored or moved, all its mail is held until then. Make sure that no other duban works on
/// the original: both would remind the same people. What was sent after a backup was made is not on record in it and is
/// sent again, under the same Message-ID.
#[derive(Debug, Args)]
pub(super) struct Adopt {
    /// Confirm the clock instead, after it moved forward further than expected
    #[arg(long)]
    clock: bool,
}

/// Copy the ledger into one file (备份), while the service runs
///
/// The copy is opened and checked before the command ends; it belongs to the owner of the ledger, and nobody else may read
/// it. To restore it: stop the service, put the file in the place of the ledger, remove what stands beside it under the
/// same name with -wal or -shm, start the service, and run `duban ledger adopt`. Keep copies of the configuration too.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write, which must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match command {
        Command::Adopt(arguments) => confirm(&arguments, context).await,
        Command::Backup(arguments) => back_up(&arguments, context).await,
        Command::Archive(arguments) => archive::write(&arguments, context).await,
        Command::Retain(arguments) => retain::run(&arguments, context).await,
        Command::Person(command) => person::run(command, context).await,
    }
}

async fn back_up(arguments: &Backup, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    ledger.back_up(&arguments.file).await?;
    context.say(&words!(
        context.lang,
        zh = "已备份到{file}，并已打开核验",
        en = "backed up to {file}, opened and checked",
        file = arguments.file.display()
    ))?;
    Ok(Exit::Done)
}

/// Adopts what is asked, and says what still holds all mail.
async fn confirm(arguments: &Adopt, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    if arguments.clock {
        confirm_clock(&ledger, context).await?;
    } else {
        adopt(&ledger, context).await?;
    }
    let holds = context.guard.holds(ledger.as_ref()).await?;
    say_holds(context, &holds)?;
    Ok(if holds.is_empty() { Exit::Done } else { Exit::NeedsPerson })
}

async fn adopt(ledger: &Arc<dyn Store>, context: &mut CommandContext<'_>) -> Result<(), Failure> {
    let Some(displacement) = ledger.adopt(&context.actor, context.now()).await? else {
        return context.say(context.lang.pick(
            "本副本无须确认：台账未被复制、恢复或移动",
            "nothing to confirm: the ledger was not copied, restored or moved",
        ));
    };
    context.say(context.lang.pick(
        "已确认：今后以本副本为准",
        "confirmed: this copy is the ledger to work with from now on",
    ))?;
    if displacement == Displacement::Older {
        context.say(context.lang.pick(
            "备份之后已发送的邮件可能重发，Message-ID不变",
            "mails sent since it was saved may be sent again, under the same Message-ID",
        ))?;
    }
    let waiting = waiting(ledger).await?;
    context.say(&words!(
        context.lang,
        zh = "{waiting}封邮件待发送，可用 duban mail list 查看；接下来提醒谁，可用 duban remind --dry-run 查看",
        en = "{waiting} mails wait; see `duban mail list`, and who is reminded next with `duban remind --dry-run`"
    ))
}

async fn waiting(ledger: &Arc<dyn Store>) -> Result<u64, Failure> {
    let counts = ledger.messages_by_state().await?;
    Ok(counts
        .iter()
        .filter(|(state, _)| state.is_waiting() || **state == MessageState::Leased)
        .map(|(_, count)| count)
        .sum())
}

async fn confirm_clock(
    ledger: &Arc<dyn Store>,
    context: &mut CommandContext<'_>,
) -> Result<(), Failure> {
    if context.clock.counted().is_none() {
        return Err(Failure::AssumedClock);
    }
    let doubted = context.guard.holds(ledger.as_ref()).await?;
    if !doubted.iter().any(|hold| matches!(hold, Hold::ClockAhead { .. })) {
        return context.say(
            context.lang.pick("没有因时钟而暂停发送的邮件", "no mail is held because of the clock"),
        );
    }
    ledger.confirm_clock(&context.actor, context.now()).await?;
    let now = context.now().local().strftime("%F %H:%M").to_string();
    context.say(&words!(
        context.lang,
        zh = "已确认：现在是北京时间{now}",
        en = "confirmed: it is {now} (Asia/Shanghai)"
    ))
}

/// Says each hold and the way out of it.
pub(super) fn say_holds(context: &mut CommandContext<'_>, holds: &[Hold]) -> Result<(), Failure> {
    for hold in holds {
        let (lang, why) = (context.lang, hold.say(context.lang));
        context.say(&words!(
            lang,
            zh = "全部邮件暂停发送：{why}",
            en = "all mail is held: {why}"
        ))?;
        let next_step = hold.item().next_step(lang);
        context.say(&words!(lang, zh = "建议：{next_step}", en = "hint: {next_step}"))?;
    }
    Ok(())
}
