//! `duban` alone: the commands of every day, and what needs the caller now.
//!
//! Must not know: what any command does.

use std::io::Write as _;

use super::command_context::{CommandContext, RunOptions};
use super::exit_code::Exit;
use super::failure::Failure;
use super::help;
use super::status::findings;
use super::terminal::Terminal;
use crate::config::Sources;
use crate::words;
use crate::workflows::inspect::{self, Question};

/// Prints both; without a ledger that can be read, the commands only.
pub(super) async fn run(
    root: &clap::Command,
    sources: &Sources,
    options: RunOptions,
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let needs = match CommandContext::open(sources, options, terminal) {
        Ok(mut context) => {
            let needs = needs(&mut context).await;
            context.close().await;
            needs.unwrap_or_default()
        }
        Err(_) => Vec::new(),
    };
    let mut text = help::daily_page(root, terminal.columns(), terminal.lang);
    if !needs.is_empty() {
        text.push('\n');
        text.push_str(&needs.concat());
    }
    terminal.out.write_all(text.as_bytes())?;
    Ok(Exit::Done)
}

/// One line for what is open and one for what is late.
async fn needs(context: &mut CommandContext<'_>) -> Result<Vec<String>, Failure> {
    if !context.settings.database.exists() {
        return Ok(Vec::new());
    }
    let ledger = context.ledger_to_read().await?;
    let urgent = findings(context).await?.iter().filter(|it| it.is_urgent()).count();
    let question = Question { overdue: true, ..Question::default() };
    let mut upcoming = inspect::upcoming(context.for_workflow(&ledger), &question).await?;
    let mut late = 0;
    while let Some(answer) = upcoming.next().await? {
        late += answer.standings.len();
    }
    let lang = context.lang;
    let mut lines = Vec::new();
    if urgent > 0 {
        lines.push(words!(
            lang,
            zh = "待人工处理{urgent}项，见 duban items\n",
            en = "{urgent} items need a person: `duban items`\n"
        ));
    }
    if late > 0 {
        lines.push(words!(
            lang,
            zh = "已逾期{late}项，见 duban upcoming --overdue\n",
            en = "{late} obligations are late: `duban upcoming --overdue`\n"
        ));
    }
    Ok(lines)
}
