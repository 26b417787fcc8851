//! Words the faults of imported rows: file, line, column, what is wrong, what to write instead.
//!
//! Must not know: how rows are read.

use super::Message;
use crate::cli::exit_code::Exit;
use crate::cli::failure::RowPlace;
use crate::domain::address::Address;
use crate::domain::directory::DirectoryFault;
use crate::domain::expression::{Expected, ExpressionFault};
use crate::intake::{CellFault, RowFault, RowFaultKind};
use crate::words::{Lang, Say};
use crate::workflows::import_obligations::{ObligationFault, ObligationFaultKind};

const NOTHING_LOADED: &str = "nothing was loaded; mend the rows and run the same command again";

/// Words what is wrong with the rows of files.
pub(super) fn rows(faults: &[RowFault]) -> Message {
    Message {
        lines: faults.iter().map(row).collect(),
        hint: Some(NOTHING_LOADED.into()),
        exit: Exit::Rejected,
    }
}

fn row(fault: &RowFault) -> String {
    let RowFaultKind::Cell(CellFault::BadTerm { written, fault: term_fault }) = &fault.kind else {
        return fault.say(Lang::En);
    };
    let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
    let column = fault.column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default();
    format!("{}{line}: {column}{}", fault.file, term(written, term_fault))
}

/// Words why an expression of time cannot be read, and what would do.
pub(super) fn term(written: &str, fault: &ExpressionFault) -> String {
    match fault {
        ExpressionFault::YearMissing { .. } => {
            format!(
                "`{written}` names no year; write it (2022年{written}), or give the document's with --year"
            )
        }
        ExpressionFault::Unexpected { at, expected } if *expected != Expected::End => format!(
            "`{written}` is not understood at character {}: expected {expected}, for example {}",
            at.saturating_add(1),
            expected.example()
        ),
        ExpressionFault::Unexpected { at, .. } => format!(
            "`{written}` is not understood from character {} on; a term without a date is written 及时 or 定期",
            at.saturating_add(1)
        ),
        ExpressionFault::NoSuchDay { month, day, .. } => match (month, day) {
            (Some(month), Some(day)) => format!("`{written}`: month {month} has no day {day}"),
            (Some(month), None) => format!("`{written}`: there is no month {month}"),
            (None, Some(day)) => format!("`{written}`: no month has a day {day}"),
            (None, None) => format!("`{written}` {fault}"),
        },
        ExpressionFault::Empty
        | ExpressionFault::TooLong { .. }
        | ExpressionFault::Backwards { .. } => {
            format!("`{written}` {fault}")
        }
    }
}

/// Words the faults of a list of units.
pub(super) fn units(faults: &[(RowPlace, DirectoryFault)]) -> Message {
    let lines = faults
        .iter()
        .map(|(place, fault)| format!("{}:{}: {}", place.file, place.line, unit(fault)));
    Message { lines: lines.collect(), hint: Some(NOTHING_LOADED.into()), exit: Exit::Rejected }
}

/// Words what is wrong with one entry of a list of units.
pub(super) fn unit(fault: &DirectoryFault) -> String {
    match fault {
        DirectoryFault::UnknownDelegate { unit, delegate, known, .. } if known.is_empty() => {
            format!(
                "外出: {delegate} cannot stand in: {unit} has no other contact; name nobody, and the deputy rank is told"
            )
        }
        DirectoryFault::UnknownDelegate { unit, delegate, known, .. } => {
            let known: Vec<&str> = known.iter().map(Address::as_str).collect();
            format!(
                "外出: {delegate} is no other contact of {unit}; name one of {}, or nobody",
                known.join(", ")
            )
        }
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
        DirectoryFault::RingOfGroups { ring, .. } => format!(
            "单位组: {} would contain each other and hold no unit; take one out of the other",
            ring.join("、")
        ),
        DirectoryFault::TwoParents { unit, first, .. } => {
            format!("上级单位: {unit} stands in the file twice, first under {first}; keep one")
        }
        DirectoryFault::TwoAbsences { name, .. } => {
            format!("外出: {name} stands in the file twice, away on different days; keep one")
        }
        DirectoryFault::TwoAddresses { name, .. } => {
            format!("邮箱: {name} stands in the file twice with different addresses; keep one")
        }
    }
}

/// Words the faults of a list of obligations, in the order of its rows.
pub(super) fn obligations(
    unread: &[RowFault],
    refused: &[ObligationFault],
    places: &[RowPlace],
) -> Message {
    let unread = unread.iter().map(|fault| ((fault.file.as_str(), fault.line), row(fault)));
    let refused = refused.iter().filter_map(|fault| {
        let place = places.get(fault.entry)?;
        let line = format!("{}:{}: {}", place.file, place.line, obligation(&fault.kind, places));
        Some(((place.file.as_str(), Some(place.line)), line))
    });
    let mut lines: Vec<_> = unread.chain(refused).collect();
    lines.sort_by_key(|(place, _)| *place);
    let lines = lines.into_iter().map(|(_, line)| line).collect();
    Message { lines, hint: Some(NOTHING_LOADED.into()), exit: Exit::Rejected }
}

/// What is wrong with one row of a list of obligations; `places` are those of all its rows.
pub(super) fn obligation(kind: &ObligationFaultKind, places: &[RowPlace]) -> String {
    let first = match kind {
        ObligationFaultKind::SameReference { first, .. } => places.get(*first),
        ObligationFaultKind::Lead(_)
        | ObligationFaultKind::Responsible(_)
        | ObligationFaultKind::NobodyOwesIt
        | ObligationFaultKind::Term(_)
        | ObligationFaultKind::NoWhole { .. }
        | ObligationFaultKind::UnknownNext { .. }
        | ObligationFaultKind::StartsItself
        | ObligationFaultKind::SeriesReplaced { .. }
        | ObligationFaultKind::NoDate(_) => None,
    };
    let place = first.map(|first| format!("{}:{}", first.file, first.line));
    kind.say_with_place(Lang::En, place.as_deref())
}
