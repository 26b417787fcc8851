//! A form (督办单): cells of labels, each with its value to the right, that describe one duty.
//!
//! Must not know: the file the form came in.

use super::super::document::{Cell, TextSpan};
use super::heads::{Role, role_of};

/// What a form says.
#[derive(Default)]
pub(super) struct Form {
    pub(super) title: TextSpan,
    pub(super) lead: String,
    pub(super) responsible: String,
    pub(super) limits: Vec<TextSpan>,
}

/// The form that a table is: in two rows or more every other cell is a label that the words of heads know, and one of them
/// labels a limit.
pub(super) fn form_of(rows: &[Vec<Cell>]) -> Option<Form> {
    let labelled = rows.iter().filter(|row| is_labelled(row)).count();
    if labelled < 2 || labelled * 2 < rows.len() {
        return None;
    }
    let mut form = Form::default();
    let pairs = rows.iter().flat_map(|row| row.chunks(2));
    for (label, value) in pairs.filter_map(|pair| Some((pair.first()?, pair.get(1)?))) {
        let value = &value.span;
        match role_of(&label.span.text) {
            Some(Role::Limit) if !value.text.is_empty() => form.limits.push(value.clone()),
            Some(Role::Name) => form.title = value.clone(),
            Some(Role::Measure | Role::Task) if form.title.text.is_empty() => {
                form.title = value.clone();
            }
            Some(Role::Lead) => add_line(&mut form.lead, &value.text),
            Some(Role::Responsible) => add_line(&mut form.responsible, &value.text),
            _ => {}
        }
    }
    (!form.limits.is_empty()).then_some(form)
}

/// True for label, value, label, value: the labels are heads and the values are none.
fn is_labelled(row: &[Cell]) -> bool {
    let is_pair = |pair: &[Cell]| match pair {
        [label, value] => {
            role_of(&label.span.text).is_some() && role_of(&value.span.text).is_none()
                || label.span.text.is_empty() && value.span.text.is_empty()
        }
        _ => pair.iter().all(|cell| cell.span.text.is_empty()),
    };
    row.len() >= 2 && row.chunks(2).all(is_pair)
}

pub(super) fn add_line(list: &mut String, line: &str) {
    if !list.is_empty() && !line.is_empty() {
        list.push('；');
    }
    list.push_str(line);
}
