//! Turns one row of a table into registrations: of a new obligation, or of those in the ledger that the row describes.
//!
//! Must not know: the file the list came from, what is stored in which order. Callers: this folder.

use std::sync::Arc;

use super::anchors::set_anchor;
use super::completion::completion_fault;
use super::fault::ObligationFaultKind;
use super::ledger::Ledger;
use super::list::ListState;
use super::parties::{self, PartyFault};
use super::terms::{ask_about_far_days, rule, target, term};
use crate::domain::deadline::DeadlineFault;
use crate::domain::listed::ListedObligation;
use crate::domain::obligation::{Inputs, Obligation};
use crate::domain::reminder::first_look_on;
use crate::domain::rule::Rule;
use crate::domain::term::Term;
use crate::domain::unit::UnitId;
use crate::storage::obligations::{LadderStart, Projection, Registration};
use crate::workflows::law::ladder_name;
use crate::workflows::names::unit_names;
use crate::workflows::performers::{performers, performers_of};
use crate::workflows::{Context, project};

/// The ladder of internal targets; none of its rungs calls anything late.
const INTERNAL: &str = "internal";

/// A row whose units, rule and term are known, but not its date.
struct ResolvedRow<'a> {
    reference: String,
    lead: Vec<UnitId>,
    responsible: Vec<UnitId>,
    rule: Option<&'a Rule>,
    term: Term,
    /// The term is a target of the office's own.
    internal: bool,
    part_of: Option<String>,
    part_of_list: Option<Arc<str>>,
}

/// The registration of each obligation in the ledger that the row describes, beside that obligation; or of a new one.
pub(super) fn registrations<'a>(
    context: Context<'_>,
    ledger: &'a Ledger<'_>,
    list: &ListState,
    listed: &ListedObligation,
    reference: String,
) -> Result<Vec<(Registration, Option<&'a Obligation>)>, Vec<ObligationFaultKind>> {
    let row = resolve(context, ledger, list, listed, reference)?;
    let known = ledger.known.get(&row.reference);
    if let Some(last) =
        known.and_then(|known| known.abandoned_series(&row.term, ledger.open_series))
    {
        let last = last.inputs.full_reference();
        return Err(vec![ObligationFaultKind::SeriesReplaced { last }]);
    }
    let today = context.now.today();
    let concerned = known.map_or_else(Vec::new, |known| known.concerned(&row.term, today));
    let newest = concerned.first().copied();
    let others = concerned.into_iter().skip(1).map(|other| {
        let listed = ListedObligation { ends: None, ..listed.clone() };
        (registration(context, ledger, &listed, &row, Some(other)), Some(other))
    });
    let registrations =
        std::iter::once((registration(context, ledger, listed, &row, newest), newest))
            .chain(others)
            .map(|(registration, same)| Ok((registration?, same)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|fault| vec![ObligationFaultKind::NoDate(fault)])?;
    if registrations.iter().any(|(registration, _)| registration.performers.is_empty()) {
        let only_lead = row.responsible.is_empty();
        let parties = if only_lead { &row.lead } else { &row.responsible };
        let names = unit_names(ledger.directory, parties);
        let fault = PartyFault::EmptyGroups { names };
        let column =
            if only_lead { ObligationFaultKind::Lead } else { ObligationFaultKind::Responsible };
        return Err(vec![column(fault)]);
    }
    match &listed.completion {
        Some(completion) => completion_fault(context, completion, &registrations)
            .map_or(Ok(registrations), |fault| Err(vec![ObligationFaultKind::Completion(fault)])),
        None => Ok(registrations),
    }
}

fn resolve<'a>(
    context: Context<'a>,
    ledger: &Ledger<'_>,
    list: &ListState,
    listed: &ListedObligation,
    reference: String,
) -> Result<ResolvedRow<'a>, Vec<ObligationFaultKind>> {
    let mut faults = Vec::new();
    let directory = ledger.directory;
    let (mut of_lead, mut of_responsible, mut of_term) = (Vec::new(), Vec::new(), Vec::new());
    let lead = parties::units(directory, &listed.lead, &mut of_lead);
    let responsible = parties::units(directory, &listed.responsible, &mut of_responsible);
    faults.extend(of_lead.into_iter().map(ObligationFaultKind::Lead));
    faults.extend(of_responsible.into_iter().map(ObligationFaultKind::Responsible));
    if listed.lead.is_empty() && listed.responsible.is_empty() {
        faults.push(ObligationFaultKind::NobodyOwesIt);
    }
    ask_about_far_days(context, listed, &mut of_term);
    let rule = rule(context, listed, &mut of_term);
    let term = term(context, listed, rule, &mut of_term);
    let target = term.as_ref().and_then(|term| target(context, listed, term, &mut of_term));
    faults.extend(of_term.into_iter().map(ObligationFaultKind::Term));
    let Some(term) = term else { return Err(faults) };
    let internal = target.is_some();
    let term = target.unwrap_or(term);
    if faults.is_empty() {
        let (part_of, part_of_list) = whole(ledger, list, listed);
        Ok(ResolvedRow {
            reference,
            lead,
            responsible,
            rule,
            term,
            internal,
            part_of,
            part_of_list,
        })
    } else {
        Err(faults)
    }
}

/// The registration of one obligation. `same` is the obligation as the ledger has it; its adjustments stay in effect.
fn registration(
    context: Context<'_>,
    ledger: &Ledger<'_>,
    listed: &ListedObligation,
    row: &ResolvedRow<'_>,
    same: Option<&Obligation>,
) -> Result<Registration, DeadlineFault> {
    let ResolvedRow { lead, responsible, rule, term, internal, .. } = row;
    let mut inputs = Inputs {
        list: Arc::clone(ledger.list),
        reference: row.reference.clone(),
        occurrence: String::new(),
        title: listed.title.clone(),
        written: listed.written.clone(),
        ladder: if *internal { INTERNAL.to_owned() } else { ladder_name(*rule, term) },
        term: term.clone(),
        anchor_on: None,
        anchor_at: None,
        rule: rule.map(|rule| rule.key().to_owned()),
        internal: *internal,
        part_of: row.part_of.clone(),
        part_of_list: row.part_of_list.clone(),
        source: listed.source.clone(),
        note: listed.note.clone(),
        instructions: listed.instructions.clone(),
        then: listed.then.clone(),
    };
    let law = context.law.for_units(ledger.directory, lead, responsible);
    set_anchor(context, law, listed, &mut inputs, same, ledger.takes_late)?;
    let adjustments = same.and_then(|same| ledger.adjustments.get(&same.id));
    let adjustments = adjustments.map_or(&[][..], Vec::as_slice);
    let known = same.or_else(|| ledger.newest(&inputs.reference));
    let known = known.filter(|it| it.lead == *lead && it.responsible == *responsible);
    let performers = match known {
        Some(known) => performers_of(ledger.directory, known),
        None => performers(ledger.directory, lead, responsible),
    };
    let projection = project::project(law, &inputs, adjustments)?;
    Ok(Registration {
        start: if same.is_none() { start(context, &inputs, &projection) } else { None },
        projection,
        performers,
        inputs,
        lead: lead.clone(),
        responsible: responsible.clone(),
        ends_on: listed.ends,
        completion: listed.completion.clone().filter(|_| same.is_none()),
    })
}

/// Where the planner begins with a new obligation that has nothing to tell today. A quota is looked at by the next pass, which
/// knows its pace; a clock in hours is told at once.
fn start(context: Context<'_>, inputs: &Inputs, projection: &Projection) -> Option<LadderStart> {
    let deadline = projection.deadline.as_ref()?;
    if matches!(inputs.term, Term::Times(_)) || deadline.due_at.is_some() {
        return None;
    }
    let ladder = context.law.ladders.find(&inputs.ladder)?;
    let first_look_on = first_look_on(ladder, deadline.act_by, &context.law.calendar)?;
    (first_look_on > context.now.today())
        .then(|| LadderStart { ladder: Arc::clone(ladder), first_look_on })
}

/// The quota that a row is part of: its 编号, and its list unless that is the row's own.
fn whole(
    ledger: &Ledger<'_>,
    list: &ListState,
    listed: &ListedObligation,
) -> (Option<String>, Option<Arc<str>>) {
    let Some(name) = &listed.part_of else { return (None, None) };
    match ledger.meant(name).filter(|_| !list.has_row(name)) {
        Some(whole) => {
            let list = Some(Arc::clone(&whole.inputs.list)).filter(|list| *list != *ledger.list);
            (Some(whole.inputs.reference.clone()), list)
        }
        None => (Some(name.clone()), None),
    }
}
