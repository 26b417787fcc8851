//! Which fields of a known duty a row changes.
//!
//! Must not know: which rows are suspicious. Callers: this folder; `views` prints them.

use crate::domain::directory::Directory;
use crate::domain::obligation::{Inputs, Obligation};
use crate::domain::unit::UnitId;
use crate::storage::obligations::Registration;
use crate::words::{Lang, Say as _};
use crate::words_of;
use crate::workflows::names::unit_names;

/// A field of a duty as lists have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Title,
    Term,
    Trigger,
    Lead,
    Responsible,
    Rule,
    Source,
    Note,
    Instructions,
    Then,
    Internal,
    PartOf,
    Ends,
    Due,
}

words_of! {
    Field {
        Title = "title", zh = "事项", en = "title";
        Term = "when", zh = "时限", en = "term";
        Trigger = "trigger", zh = "起算日", en = "trigger";
        Lead = "lead", zh = "牵头单位", en = "lead";
        Responsible = "responsible", zh = "责任单位", en = "responsible";
        Rule = "rule", zh = "规则", en = "rule";
        Source = "source", zh = "来源", en = "source";
        Note = "note", zh = "备注", en = "note";
        Instructions = "instructions", zh = "说明", en = "instructions";
        Then = "then", zh = "接续", en = "then";
        Internal = "internal", zh = "内部目标", en = "internal target";
        PartOf = "part_of", zh = "属于", en = "part of";
        Ends = "ends", zh = "截止", en = "ends";
        Due = "due", zh = "到期日", en = "due";
    }
}

/// One field that is another now; an empty text stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    pub field: Field,
    pub before: String,
    pub after: String,
}

/// True when the ledger holds the duty with the same data; dates that follow from the law are not compared.
pub(super) fn says_the_same(known: &Obligation, registration: &Registration) -> bool {
    known.inputs == registration.inputs
        && known.lead == registration.lead
        && known.responsible == registration.responsible
        && registration.ends_on.is_none_or(|on| known.ends_on == Some(on))
}

/// The fields that differ; the due date only when nothing else does.
pub(super) fn differences(
    directory: &Directory,
    known: &Obligation,
    registration: &Registration,
) -> Vec<FieldChange> {
    let (was, is) = (&known.inputs, &registration.inputs);
    let units = |units: &[UnitId]| unit_names(directory, units).join("、");
    let ends = registration.ends_on.or(known.ends_on);
    let text =
        |value: Option<jiff::civil::Date>| value.map(|it| it.to_string()).unwrap_or_default();
    let due = |it: Option<&crate::domain::deadline::Deadline>| text(it.map(|it| it.due));
    let pairs = [
        (Field::Title, was.title.clone(), is.title.clone()),
        (Field::Term, term(was), term(is)),
        (Field::Trigger, trigger(was), trigger(is)),
        (Field::Lead, units(&known.lead), units(&registration.lead)),
        (Field::Responsible, units(&known.responsible), units(&registration.responsible)),
        (Field::Rule, was.rule.clone().unwrap_or_default(), is.rule.clone().unwrap_or_default()),
        (Field::Source, was.source.clone(), is.source.clone()),
        (Field::Note, was.note.clone(), is.note.clone()),
        (Field::Instructions, was.instructions.clone(), is.instructions.clone()),
        (Field::Then, was.then.join("、"), is.then.join("、")),
        (Field::Internal, internal(was), internal(is)),
        (Field::PartOf, part_of(was), part_of(is)),
        (Field::Ends, text(known.ends_on), text(ends)),
    ];
    let mut changes: Vec<FieldChange> = pairs.into_iter().filter_map(changed).collect();
    if changes.is_empty() {
        let before = due(known.deadline.as_ref());
        let after = due(registration.projection.deadline.as_ref());
        changes.extend(changed((Field::Due, before, after)));
    }
    changes
}

fn changed((field, before, after): (Field, String, String)) -> Option<FieldChange> {
    (before != after).then_some(FieldChange { field, before, after })
}

/// The term as written; its short form where a rule sets it, or where the words stayed and their meaning did not.
fn term(inputs: &Inputs) -> String {
    if inputs.written.is_empty() || inputs.internal {
        return inputs.term.say(Lang::Zh);
    }
    inputs.written.clone()
}

fn trigger(inputs: &Inputs) -> String {
    // The first day of a period is no trigger that anybody wrote.
    match (inputs.anchor_at, inputs.anchor_on) {
        _ if !inputs.occurrence.is_empty() => String::new(),
        (Some(moment), _) => moment.local().to_string(),
        (None, Some(day)) => day.to_string(),
        (None, None) => String::new(),
    }
}

fn internal(inputs: &Inputs) -> String {
    if inputs.internal { inputs.term.say(Lang::Zh) } else { String::new() }
}

fn part_of(inputs: &Inputs) -> String {
    let part_of = inputs.part_of.clone().unwrap_or_default();
    inputs.part_of_list.as_ref().map_or(part_of.clone(), |list| format!("{list}/{part_of}"))
}
