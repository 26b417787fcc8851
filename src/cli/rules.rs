//! `rules`: the statutory terms that are loaded.
//!
//! Must not know: the file they come from.

use clap::Args;

use super::command_context::CommandContext;
use super::due;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::views::rules::RuleView;

/// List the statutory terms with their legal basis
///
/// For each rule: what the term runs from, how long it is, by which article, and which adjustments are allowed. With a name,
/// all versions of that rule.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only this rule, with all its versions
    #[arg(value_name = "RULE")]
    name: Option<String>,
}

/// Prints the rules.
pub(super) fn run(
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let today = context.now().today();
    let views: Vec<RuleView> = if let Some(name) = &arguments.name {
        let rule = due::rule_called(name, context)?;
        rule.versions.iter().map(|version| RuleView::of(rule, version)).collect()
    } else {
        let rules = context.law.rules.iter();
        rules.filter_map(|rule| Some(RuleView::of(rule, rule.on(today)?))).collect()
    };
    let empty = context.lang.pick("没有现行规则", "No rule is in force");
    context.list(&views, empty)?;
    Ok(Exit::Done)
}
