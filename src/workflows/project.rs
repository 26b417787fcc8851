//! Works out the deadline of an obligation from its inputs, its adjustments and the law in force.
//!
//! Must not know: where inputs come from or where the result goes.

use jiff::civil::Date;

use super::{Law, LawOfUnit};
use crate::domain::deadline::{Adjustment, Anchor, Calculation, DeadlineFault, Direction, Method};
use crate::domain::obligation::Inputs;
use crate::domain::recurrence::Occurrence;
use crate::domain::rule::RuleVersion;
use crate::domain::term::Term;
use crate::storage::obligations::Projection;

/// Works out the deadline that follows from `inputs` and what moved its clock.
///
/// # Errors
///
/// [`DeadlineFault`] when the calendar does not reach, or the adjustments tell no possible story.
pub fn project(
    law: LawOfUnit<'_>,
    inputs: &Inputs,
    adjustments: &[Adjustment],
) -> Result<Projection, DeadlineFault> {
    let case = case(law, inputs, adjustments);
    let clock = case.clock()?;
    Ok(Projection {
        deadline: clock.deadline(),
        calendar_version: law.calendar.version().to_owned(),
        rule_version: rule_version(law.law, inputs).map(RuleVersion::id),
        law_version: law.law.version().to_owned(),
        term: case.term.clone(),
        method: Method { counts: case.counts, conventions: case.conventions },
    })
}

/// The first occurrence of a series that is due on `from` or later; `None` for what does not come back.
///
/// # Errors
///
/// [`DeadlineFault`].
pub fn first_occurrence(
    law: LawOfUnit<'_>,
    inputs: &Inputs,
    from: Date,
) -> Result<Option<Occurrence>, DeadlineFault> {
    Occurrence::first_due(&inputs.term, from, law.calendar, |period| {
        let anchor_on = Some(period.first);
        let inputs = Inputs { anchor_on, anchor_at: None, ..inputs.clone() };
        Ok(project(law, &inputs, &[])?.deadline.map(|deadline| deadline.due))
    })
}

/// The term of an obligation: as the document writes it, else as its rule has it on the trigger's day.
pub fn term<'a>(law: &'a Law, inputs: &'a Inputs) -> &'a Term {
    let of_rule = || rule_version(law, inputs).map(|version| &version.term);
    let is_written = !inputs.written.is_empty();
    Some(&inputs.term).filter(|_| is_written).or_else(of_rule).unwrap_or(&inputs.term)
}

/// Everything the due date of an obligation is worked out from.
pub fn case<'a>(
    law: LawOfUnit<'a>,
    inputs: &'a Inputs,
    adjustments: &'a [Adjustment],
) -> Calculation<'a> {
    let term = term(law.law, inputs);
    Calculation {
        term,
        anchor: inputs.anchor(),
        counts: counts(term, rule_version(law.law, inputs)),
        adjustments,
        calendar: law.calendar,
        conventions: law.law.conventions,
    }
}

/// Which way a term is counted: as its rule says, unless the document names a day itself, which is counted no way.
fn counts(term: &Term, version: Option<&RuleVersion>) -> Direction {
    let is_counted = matches!(term, Term::Within(_) | Term::AtLeast(_));
    version.filter(|_| is_counted).map_or(Direction::After, |version| version.counts)
}

/// The version of its rule that an obligation follows: the one in force on the trigger's day, else the newest.
pub fn rule_version<'a>(law: &'a Law, inputs: &Inputs) -> Option<&'a RuleVersion> {
    let rule = law.rules.get(inputs.rule.as_deref()?)?;
    let day = inputs.anchor().map(Anchor::day);
    day.map_or_else(|| rule.newest(), |day| rule.on(day))
}
