//! `units regroup`: what would differ if groups were expanded today, and making it so.
//!
//! Must not know: who belongs to which group.

use clap::Args;
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use super::view;
use crate::domain::directory::Directory;
use crate::workflows::regroup::{Difference, apply, differences};

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

/// What differs of one duty, as JSON shows it.
#[derive(Serialize)]
struct DifferenceView {
    #[serde(rename = "ref")]
    reference: String,
    title: String,
    joined: Vec<String>,
    left: Vec<String>,
    applied: bool,
}

const COLUMNS: [&str; 5] = ["ref", "title", "joined", "left", "applied"];

/// Shows what differs, or applies it.
pub(super) async fn run(
    arguments: Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let (differences, directory) = differences(workflow, arguments.id.as_deref()).await?;
    if arguments.apply {
        apply(workflow, (&differences, &directory), arguments.reason.as_deref()).await?;
    }
    let views: Vec<DifferenceView> =
        differences.iter().map(|it| difference(it, &directory, arguments.apply)).collect();
    match context.format {
        Format::Json => context.json(&views)?,
        Format::Csv => context.csv(&COLUMNS, views.iter().map(cells))?,
        Format::Table if views.is_empty() => context.say("单位组成员与台账一致")?,
        Format::Table => {
            let mut table = context.table(&["编号", "事项", "新增", "退出", "已更新"]);
            views.iter().map(cells).for_each(|row| table.row(row));
            context.print(&table.text())?;
        }
    }
    let is_left = !views.is_empty() && !arguments.apply;
    Ok(if is_left { Exit::NeedsPerson } else { Exit::Done })
}

fn difference(difference: &Difference, directory: &Directory, applied: bool) -> DifferenceView {
    let Difference { obligation, joined, left } = difference;
    DifferenceView {
        reference: obligation.inputs.full_reference(),
        title: obligation.inputs.title.clone(),
        joined: view::names(directory, joined.iter().copied()),
        left: view::names(directory, left.iter().copied()),
        applied,
    }
}

fn cells(view: &DifferenceView) -> Vec<String> {
    vec![
        view.reference.clone(),
        view.title.clone(),
        view.joined.join("、"),
        view.left.join("、"),
        if view.applied { "是" } else { "否" }.to_owned(),
    ]
}
