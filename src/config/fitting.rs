//! Places ladders that do not fit their rules at the line of the office's file that brought them together.
//!
//! Must not know: what fits (`domain::ladder`).

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ladders::{LadderFileFault, LadderFileFaultKind};
use super::rules::{RuleFileFault, RuleFileFaultKind};
use crate::domain::ladder::{Misfit, MisfitKind};

/// The faults among `misfits` of rules that stand in this file of rules.
pub fn in_rules(file: &str, text: &str, misfits: &[Misfit]) -> Vec<RuleFileFault> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let fault = |misfit: &Misfit| {
        let rule = named(table.get_ref(), "rule", &misfit.rule)?;
        let at = inside(rule, "ladder").unwrap_or(rule).span().start;
        let kind = RuleFileFaultKind::Misfit(misfit.kind.clone());
        let (file, line) = (file.to_owned(), Some(line_of(text, at)));
        Some(RuleFileFault { file, line, key: "ladder", kind })
    };
    misfits.iter().filter_map(fault).collect()
}

/// The faults among `misfits` of ladders that stand in this file of ladders.
pub fn in_ladders(file: &str, text: &str, misfits: &[Misfit]) -> Vec<LadderFileFault> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let fault = |misfit: &Misfit| {
        let MisfitKind::OutsideTerm(outside) = &misfit.kind else { return None };
        let ladder = named(table.get_ref(), "ladder", &misfit.ladder)?;
        let rungs = ladder.get_ref().as_table()?;
        let at = named(rungs, "rung", &outside.rung).and_then(|rung| inside(rung, "at"));
        Some(LadderFileFault {
            file: file.to_owned(),
            line: Some(line_of(text, at.unwrap_or(ladder).span().start)),
            key: format!("ladder.{}.rung.{}.at", misfit.ladder, outside.rung),
            kind: LadderFileFaultKind::OutsideTerm {
                rule: misfit.rule.clone(),
                fault: outside.clone(),
            },
        })
    };
    misfits.iter().filter_map(fault).collect()
}

type Value<'a> = Spanned<DeValue<'a>>;

/// The table of this name in an array of tables.
fn named<'t, 'i>(table: &'t DeTable<'i>, array: &str, name: &str) -> Option<&'t Value<'i>> {
    let items = table.get(array)?.get_ref().as_array()?;
    items
        .iter()
        .find(|item| inside(item, "name").and_then(|it| it.get_ref().as_str()) == Some(name))
}

fn inside<'t, 'i>(value: &'t Value<'i>, key: &str) -> Option<&'t Value<'i>> {
    value.get_ref().as_table()?.get(key)
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count().saturating_add(1)
}
