//! Words the faults of imported rows: file, line, column, what is wrong, what to write instead.
//!
//! Must not know: how rows are read.

use super::Message;
use crate::cli::Exit;
use crate::cli::failure::RowPlace;
use crate::domain::directory::DirectoryFault;
use crate::workflows::import_obligations::{ObligationFault, ObligationFaultKind};

const NOTHING_LOADED: &str = "nothing was loaded; mend the rows and run the same command again";

/// Words the faults of a list of units.
pub(super) fn units(faults: &[(RowPlace, DirectoryFault)]) -> Message {
    let lines = faults
        .iter()
        .map(|(place, fault)| format!("{}:{}: {}", place.file, place.line, unit(fault)));
    Message { lines: lines.collect(), hint: Some(NOTHING_LOADED.into()), exit: Exit::Rejected }
}

fn unit(fault: &DirectoryFault) -> String {
    match fault {
        DirectoryFault::AliasTaken { alias, holder, .. } => {
            format!("别名: `{alias}` already stands for {holder}; remove it here, or there")
        }
        DirectoryFault::UnknownParent { parent, .. } => {
            format!(
                "上级单位: `{parent}` is neither in the file nor in the ledger; add a row for it"
            )
        }
        DirectoryFault::OwnMember { group, .. } => {
            format!("单位组: `{group}` cannot be a member of itself; leave the column empty")
        }
        DirectoryFault::TwoAddresses { name, .. } => {
            format!("邮箱: {name} stands in the file twice with different addresses; keep one")
        }
    }
}

/// Words the faults of a list of obligations.
pub(super) fn obligations(faults: &[(RowPlace, ObligationFault)]) -> Message {
    let lines = faults.iter().map(|(place, fault)| {
        format!("{}:{}: {}", place.file, place.line, obligation(&fault.kind))
    });
    Message { lines: lines.collect(), hint: Some(NOTHING_LOADED.into()), exit: Exit::Rejected }
}

fn obligation(kind: &ObligationFaultKind) -> String {
    match kind {
        ObligationFaultKind::UnknownUnit { in_lead, name, similar } => {
            let column = if *in_lead { "牵头单位" } else { "责任单位" };
            let advice = match similar {
                Some(similar) => {
                    format!("did you mean `{similar}`? else add it with `duban import units FILE`")
                }
                None => "add it with `duban import units FILE`".to_owned(),
            };
            format!("{column}: no unit, group or alias is called `{name}`; {advice}")
        }
        ObligationFaultKind::NobodyOwesIt => {
            "责任单位: empty, and so is 牵头单位; name the unit that owes the duty".to_owned()
        }
        ObligationFaultKind::SameReference { reference, .. } => {
            format!(
                "编号: `{reference}` stands in an earlier row; give each row a reference of its own"
            )
        }
        ObligationFaultKind::NoDate(fault) => format!("时限: {fault}"),
    }
}
