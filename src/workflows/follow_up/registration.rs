//! The follow-up as it is to stand in the ledger, with the day of the completion as its trigger.
//!
//! Must not know: the ledger, which follow-up is due. Callers: this folder.

use jiff::civil::Date;

use super::fault::FollowUpFault;
use crate::domain::deadline::Adjustment;
use crate::domain::directory::Directory;
use crate::domain::obligation::{Inputs, Obligation};
use crate::domain::rule::Rule;
use crate::domain::unit::UnitId;
use crate::storage::obligations::Registration;
use crate::workflows::law::{Law, ladder_name};
use crate::workflows::names::unit_names;
use crate::workflows::performers::{performers, performers_of};
use crate::workflows::project;

/// What every registration is made with.
#[derive(Clone, Copy)]
pub(super) struct Maker<'a> {
    pub(super) law: &'a Law,
    pub(super) directory: &'a Directory,
    pub(super) start: Start,
}

/// The day from which follow-ups run.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) on: Date,
    /// The obligation before them was not done by its due date, which is this day.
    pub(super) by_expiry: bool,
}

impl Maker<'_> {
    /// An obligation of the ledger, started: all its inputs are kept, only the trigger is new. One that recurs keeps its
    /// period. `adjustments` go on moving its clock.
    pub(super) fn started(
        self,
        known: &Obligation,
        adjustments: &[Adjustment],
    ) -> Result<Registration, FollowUpFault> {
        let is_recurring = !known.inputs.occurrence.is_empty();
        let anchor_on = if is_recurring { known.inputs.anchor_on } else { Some(self.start.on) };
        let inputs = Inputs { anchor_on, anchor_at: None, ..known.inputs.clone() };
        let performers = performers_of(self.directory, known);
        self.registration(inputs, &known.lead, &known.responsible, performers, adjustments)
    }

    /// A new obligation under `rule`, owed by the units of the completed one.
    pub(super) fn under_rule(
        self,
        reference: String,
        completed: &Obligation,
        rule: &Rule,
    ) -> Result<Registration, FollowUpFault> {
        let term = Self::term_of(&reference, rule, self.start.on)?;
        let mut inputs = Inputs {
            list: std::sync::Arc::clone(&completed.inputs.list),
            reference,
            anchor_on: Some(self.start.on),
            anchor_at: None,
            occurrence: String::new(),
            title: format!("{}：{}", rule.name, completed.inputs.title),
            written: String::new(),
            ladder: ladder_name(Some(rule), &term),
            term,
            rule: Some(rule.key().to_owned()),
            internal: false,
            part_of: None,
            part_of_list: None,
            source: completed.inputs.source.clone(),
            note: self.note(completed),
            instructions: completed.inputs.instructions.clone(),
            then: Vec::new(),
        };
        let Obligation { lead, responsible, .. } = completed;
        let law = self.law.for_units(self.directory, lead, responsible);
        let first = project::first_occurrence(law, &inputs, self.start.on).map_err(|fault| {
            FollowUpFault::NoDate { reference: inputs.reference.clone(), fault }
        })?;
        if let Some(first) = first {
            inputs.anchor_on = Some(first.first);
            inputs.occurrence = first.label;
        }
        self.registration(
            inputs,
            lead,
            responsible,
            performers(self.directory, lead, responsible),
            &[],
        )
    }

    /// 备注 of a follow-up under a rule.
    pub(super) fn note(self, completed: &Obligation) -> String {
        let happened = if self.start.by_expiry { "期满" } else { "办结" };
        format!("{}于{}{happened}，自该日起算", completed.inputs.full_reference(), self.start.on)
    }

    fn registration(
        self,
        mut inputs: Inputs,
        lead: &[UnitId],
        responsible: &[UnitId],
        performers: Vec<UnitId>,
        adjustments: &[Adjustment],
    ) -> Result<Registration, FollowUpFault> {
        let reference = inputs.reference.clone();
        let rule = inputs.rule.as_deref().and_then(|rule| self.law.rules.get(rule));
        if let Some(rule) = rule.filter(|_| inputs.written.is_empty()) {
            let day = inputs.anchor_on.unwrap_or(self.start.on);
            inputs.term = Self::term_of(&reference, rule, day)?;
        }
        if performers.is_empty() {
            let named = if responsible.is_empty() { lead } else { responsible };
            let groups = unit_names(self.directory, named);
            return Err(FollowUpFault::NobodyOwesIt { reference, groups });
        }
        let law = self.law.for_units(self.directory, lead, responsible);
        let projection = project::project(law, &inputs, adjustments)
            .map_err(|fault| FollowUpFault::NoDate { reference, fault })?;
        Ok(Registration {
            projection,
            inputs,
            performers,
            lead: lead.to_vec(),
            responsible: responsible.to_vec(),
            // None keeps the end that is set.
            ends_on: None,
            completion: None,
            start: None,
        })
    }

    fn term_of(
        reference: &str,
        rule: &Rule,
        on: Date,
    ) -> Result<crate::domain::term::Term, FollowUpFault> {
        let version = rule.on(on).map(|version| version.term.clone());
        version.ok_or_else(|| FollowUpFault::RuleNotInForce {
            reference: reference.to_owned(),
            rule: rule.name.clone(),
            on,
        })
    }
}
