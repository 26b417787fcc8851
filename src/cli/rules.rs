//! `rules`: the statutory terms that are loaded.
//!
//! Must not know: the file they come from.

use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use super::command_context::CommandContext;
use super::due;
use super::exit_code::Exit;
use super::failure::Failure;
use super::format::Format;
use crate::domain::rule::{AllowedAdjustment, Direction, Effect, Rule, RuleVersion};

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

/// A version of a rule as JSON shows it.
#[derive(Serialize)]
struct RuleView {
    name: String,
    code: Option<String>,
    version: String,
    from: Date,
    through: Option<Date>,
    term: String,
    counts: &'static str,
    trigger: String,
    law: String,
    article: String,
    /// `confirmed`, `read`, `secondary`, `unverified`.
    evidence: &'static str,
    ladder: Option<String>,
    then: Vec<String>,
    allows: Vec<AllowedView>,
    note: String,
}

#[derive(Serialize)]
struct AllowedView {
    change: &'static str,
    ground: String,
    at_most: Option<String>,
    article: String,
}

/// Prints the rules.
pub(super) fn run(
    arguments: &Arguments,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let today = context.now().today();
    let views: Vec<RuleView> = if let Some(name) = &arguments.name {
        let rule = due::rule_called(name, context)?;
        rule.versions.iter().map(|version| rule_view(rule, version)).collect()
    } else {
        let rules = context.law.rules.iter();
        rules.filter_map(|rule| Some(rule_view(rule, rule.on(today)?))).collect()
    };
    match context.format {
        Format::Json => context.json(&views)?,
        Format::Csv => context.csv(&COLUMNS, views.iter().map(csv_cells))?,
        Format::Table => {
            let mut table = context.table(&[
                "规则",
                "代码",
                "期限",
                "起算",
                "依据",
                "施行",
                "可调整",
                "督办阶梯",
                "备注",
            ]);
            for view in &views {
                table.row(table_cells(view));
            }
            context.print(&table.text())?;
        }
    }
    Ok(Exit::Done)
}

const COLUMNS: [&str; 11] = [
    "name", "code", "from", "through", "term", "counts", "trigger", "law", "article", "evidence",
    "ladder",
];

fn rule_view(rule: &Rule, version: &RuleVersion) -> RuleView {
    RuleView {
        name: rule.name.clone(),
        code: rule.code.clone(),
        version: version.id(),
        from: version.from,
        through: version.through,
        term: version.term.to_string(),
        counts: match version.counts {
            Direction::After => "after",
            Direction::Before => "before",
        },
        trigger: rule.trigger.clone(),
        law: version.law.clone(),
        article: version.article.clone(),
        evidence: version.evidence.word(),
        ladder: rule.ladder.clone(),
        then: rule.then.clone(),
        allows: version.allows.iter().map(allowed_view).collect(),
        note: version.note.clone(),
    }
}

fn allowed_view(allowed: &AllowedAdjustment) -> AllowedView {
    AllowedView {
        change: allowed.effect.word(),
        ground: allowed.ground.clone(),
        at_most: match allowed.effect {
            Effect::Extend(at_most) => Some(at_most.to_string()),
            Effect::Suspend | Effect::Restart => None,
        },
        article: allowed.article.clone(),
    }
}

fn table_cells(view: &RuleView) -> Vec<String> {
    let direction = if view.counts == "before" { "（之前）" } else { "" };
    let mark = match view.evidence {
        "secondary" => "（二手资料）",
        "unverified" => "（未核实）",
        _ => "",
    };
    let through = view.through.map(|through| format!("至{through}")).unwrap_or_default();
    let allows = view.allows.iter().map(|allowed| match &allowed.at_most {
        Some(at_most) => format!("延期：{}，最长{at_most}", allowed.ground),
        None if allowed.change == "suspend" => format!("中止：{}", allowed.ground),
        None => format!("重新起算：{}", allowed.ground),
    });
    vec![
        view.name.clone(),
        view.code.clone().unwrap_or_default(),
        format!("{}{direction}", view.term),
        view.trigger.clone(),
        format!("{}{}{mark}", view.law, view.article),
        format!("{}起{through}", view.from),
        allows.collect::<Vec<_>>().join("\n"),
        view.ladder.clone().unwrap_or_default(),
        view.note.clone(),
    ]
}

fn csv_cells(view: &RuleView) -> Vec<String> {
    vec![
        view.name.clone(),
        view.code.clone().unwrap_or_default(),
        view.from.to_string(),
        view.through.map(|through| through.to_string()).unwrap_or_default(),
        view.term.clone(),
        view.counts.to_owned(),
        view.trigger.clone(),
        view.law.clone(),
        view.article.clone(),
        view.evidence.to_owned(),
        view.ladder.clone().unwrap_or_default(),
    ]
}
