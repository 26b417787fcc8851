//! `units regroup`: what would differ if groups were expanded today, and making it so.
//!
//! Must not know: who belongs to which group.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::views::changes::RegroupView;
use crate::workflows::regroup::{apply, differences};

/// Compare open obligations with the present members of their groups
///
/// An open obligation keeps the units with which it was registered, even if units have joined or left a group since. This
/// shows what would differ if the groups were expanded today; --apply changes the obligations. Exit code 20: something
/// differs and was not applied.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Reference (编号) or number of one obligation; default: all that are open
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Assign units that have joined; withdraw the assignments of units that have left
    #[arg(long)]
    apply: bool,
    /// The reason, for the journal
    #[arg(long, alias = "note", value_name = "TEXT")]
    reason: Option<String>,
}

/// Shows what differs, or applies it.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let (differences, directory) = differences(workflow, arguments.id.as_deref()).await?;
    if arguments.apply {
        apply(workflow, &differences, &directory, arguments.reason.as_deref()).await?;
    }
    let views: Vec<RegroupView> =
        differences.iter().map(|it| RegroupView::of(it, &directory, arguments.apply)).collect();
    let same = context.lang.pick("单位组成员与台账一致", "The groups are as the ledger has them");
    context.list(&views, same)?;
    let is_left = !views.is_empty() && !arguments.apply;
    Ok(if is_left { Exit::NeedsPerson } else { Exit::Done })
}
