//! `ledger retain`: packs and deletes what has been kept long enough; first it says what.
//!
//! Must not know: how long anything is kept, how it is deleted.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::views::retention::{RetentionClassView, RetentionView, megabytes};
use crate::words;
use crate::workflows::retain::retain;

/// Pack and delete what has been kept long enough (保存期限)
///
/// Without --yes nothing is written; the command says what is due under `[retention]` of the configuration. The service does
/// the same once a week. Obligations, dates and the journal are never deleted. The room is given back.
#[derive(Debug, Args)]
pub(super) struct Retain {
    /// Do it, instead of saying what would be done
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(
    arguments: &Retain,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let policy = context.settings.retention.policy;
    if !arguments.yes {
        let ledger = context.ledger_to_read().await?;
        let due = ledger.due_for_retention(&policy.cutoffs(context.now())).await?;
        let size = ledger.ledger_size().await?;
        let view = RetentionView::of(&policy, &due, size, size);
        context.list_as(&view, &view.classes, "")?;
        let any = !due.is_zero();
        let said = if any {
            context.lang.pick("未作任何改动；加 --yes 执行", "nothing was changed; add --yes")
        } else {
            context.lang.pick("没有到期的内容", "nothing is due")
        };
        context.say(said)?;
        return Ok(if any { Exit::NeedsPerson } else { Exit::Done });
    }
    let ledger = context.ledger().await?;
    let done = retain(context.for_workflow(&ledger), &policy).await?;
    let view = RetentionView::of(&policy, &done.counts, done.before, done.after);
    context.list_as::<RetentionClassView>(&view, &view.classes, "")?;
    context.say(&words!(
        context.lang,
        zh = "台账原有{before}，现有{after}",
        en = "the ledger had {before}, and has {after}",
        before = megabytes(done.before.bytes, context.lang),
        after = megabytes(done.after.bytes, context.lang),
    ))?;
    Ok(Exit::Done)
}
