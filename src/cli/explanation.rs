//! Prints how a date was worked out: shared by `due` and `explain`.
//!
//! Must not know: how a date is worked out.

use super::command_context::CommandContext;
use super::failure::Failure;
use crate::domain::explanation::Explanation;
use crate::views::argument::{self, Fact};
use crate::views::explanation::{LegalBasis, StepRow};

/// The facts, and `with_steps` each range of days.
pub(super) fn print_argument(
    context: &mut CommandContext<'_>,
    explanation: &Explanation,
    basis: LegalBasis<'_>,
    facts: &[Fact],
    with_steps: bool,
) -> Result<(), Failure> {
    context.facts(facts)?;
    let steps = argument::steps(explanation, basis, context.lang, context.terminal.width);
    if with_steps && !steps.is_empty() {
        context.print("\n")?;
        context.print(&steps)?;
    }
    Ok(())
}

pub(super) fn print_steps_as_csv(
    context: &mut CommandContext<'_>,
    explanation: &Explanation,
) -> Result<(), Failure> {
    let rows: Vec<StepRow> = explanation.steps.iter().map(StepRow::of).collect();
    context.csv(StepRow::KEYS, &rows)
}
