//! Words the faults of imported rows: file, line, column, what is wrong, what to write instead.
//!
//! Must not know: how rows are read.

use super::Message;
use crate::cli::exit_code::Exit;
use crate::cli::failure::RowPlace;
use crate::domain::address::Address;
use crate::domain::deadline::DeadlineFault;
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

fn which_of(name: &str, members: &[String]) -> String {
    let (example, known) = match members {
        [] => ("单位甲+单位乙".to_owned(), String::new()),
        [only] => (format!("{only}+单位乙"), String::new()),
        [first, second, ..] => {
            (format!("{first}+{second}"), format!(", out of {}", members.join("、")))
        }
    };
    format!("`{name}` does not say who is meant; choose as {name}={example}{known}")
}

fn no_date(fault: &DeadlineFault) -> String {
    let DeadlineFault::NoInstant { day } = fault else { return format!("时限: {fault}") };
    format!("起算日: the term counts hours, so the time of day is needed; write as {day}T22:30")
}

fn empty_groups(in_lead: bool, names: &[String]) -> String {
    format!(
        "{}: {} hold no unit, only groups that contain each other; `duban units leave GROUP UNIT` takes one out",
        column(in_lead),
        names.join("、")
    )
}

fn column(in_lead: bool) -> &'static str {
    if in_lead { "牵头单位" } else { "责任单位" }
}

fn unknown_rule(name: &str, similar: Option<&str>) -> String {
    let advice = match similar {
        Some(similar) => format!("did you mean `{similar}`? `duban rules` lists them all"),
        None => "`duban rules` lists them all; leave it empty if there is none".to_owned(),
    };
    format!("规则: no rule is called `{name}`; {advice}")
}

fn same_reference(reference: &str, first: Option<&RowPlace>) -> String {
    let place = first.map_or_else(
        || "an earlier row".to_owned(),
        |first| format!("{}:{}", first.file, first.line),
    );
    format!("编号: `{reference}` stands in {place} too; give each row a reference of its own")
}

/// Words what is wrong with one row of a list of obligations; `places` are those of all its rows.
pub(super) fn obligation(kind: &ObligationFaultKind, places: &[RowPlace]) -> String {
    match kind {
        ObligationFaultKind::UnknownUnit { in_lead, name, similar } => {
            let column = column(*in_lead);
            let advice = match similar {
                Some(similar) => {
                    format!("did you mean `{similar}`? else add it with `duban import units FILE`")
                }
                None => "add it with `duban import units FILE`".to_owned(),
            };
            format!("{column}: no unit, group or alias is called `{name}`; {advice}")
        }
        ObligationFaultKind::WhichOf { in_lead, name, members } => {
            format!("{}: {}", column(*in_lead), which_of(name, members))
        }
        ObligationFaultKind::NotOfGroup { in_lead, name, group, members } => format!(
            "{}: `{name}` does not belong to {group}; choose out of {}",
            column(*in_lead),
            members.join("、")
        ),
        ObligationFaultKind::TargetBesideDate { term } => format!(
            "内部目标: the document sets the date itself ({term}); leave it empty, or write 及时 into 时限"
        ),
        ObligationFaultKind::TargetWithoutDate { term } => {
            format!("内部目标: {term} ends on no day; write for example 10wd, 2022-12-31 or 每季度")
        }
        ObligationFaultKind::NoWhole { whole } => format!(
            "属于: `{whole}` is no quota of the same period that asks for as many; name the 编号 of the whole, such as 每年不少于4次"
        ),
        ObligationFaultKind::NobodyOwesIt => {
            "责任单位: empty, and so is 牵头单位; name the unit that owes the duty".to_owned()
        }
        ObligationFaultKind::EmptyGroups { in_lead, names } => empty_groups(*in_lead, names),
        ObligationFaultKind::SameReference { reference, first } => {
            same_reference(reference, places.get(*first))
        }
        ObligationFaultKind::NoTerm => {
            "时限: empty, and so is 规则; write the term, for example 2022年底前 or 20个工作日内"
                .to_owned()
        }
        ObligationFaultKind::UnknownRule { name, similar } => {
            unknown_rule(name, similar.as_deref())
        }
        ObligationFaultKind::RuleNotInForce { rule, on } => {
            format!("规则: {rule} was not in force on {on}; write the term itself into 时限")
        }
        ObligationFaultKind::UnknownNext { name, similar } => {
            let advice = similar.as_ref().map(|similar| format!("; did you mean `{similar}`?"));
            format!(
                "接续: `{name}` is neither a 编号 of this list or the ledger nor a rule{}",
                advice.unwrap_or_default()
            )
        }
        ObligationFaultKind::StartsItself => {
            "接续: a duty cannot start itself; name the 编号 of the one that follows".to_owned()
        }
        ObligationFaultKind::SeriesGivenUp { last } => format!(
            "时限: this came back until {last}, when another kind of term took its place; give the row a 编号 of its own"
        ),
        ObligationFaultKind::NoDate(fault) => no_date(fault),
    }
}
