//! `units rename`, `units merge`, `units retire`.
//!
//! Must not know: what follows for duties and mail.

use clap::Args;

use super::change_options::ChangeOptions;
use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::words;
use crate::words::Lang;
use crate::workflows::unit_changes::{ChangedUnit, merge_units, rename_unit, retire_unit};

/// Give a unit or a group another name (更名)
///
/// The old name stays an alias. Mail that was not sent yet is written anew with the new name; what ended before is shown under
/// the name of its day. Renaming it back takes this back.
#[derive(Debug, Args)]
pub(super) struct Rename {
    /// The unit or group, by any of its names
    #[arg(value_name = "UNIT")]
    old: String,
    /// Its new name
    #[arg(value_name = "NAME")]
    new: String,
    #[command(flatten)]
    options: ChangeOptions,
}

/// Let a unit take over another one (合并)
///
/// Open obligations, contacts, aliases, groups and subordinate units go over; the old name becomes an alias. What has ended stays
/// with the old unit. Where open obligations go over, it shows them and asks for --yes (exit code 20).
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// The unit that ends, by any of its names
    #[arg(value_name = "UNIT")]
    from: String,
    /// The unit that takes it over
    #[arg(long, value_name = "UNIT")]
    into: String,
    /// Move open obligations without asking
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    options: ChangeOptions,
}

/// End a unit that owes nothing any more (撤销单位)
///
/// Its contacts get no more mail, and it leaves its groups. A unit that owes or leads something is merged into another one, not
/// retired. Importing the unit again takes this back.
#[derive(Debug, Args)]
pub(super) struct Retire {
    /// The unit, by any of its names
    #[arg(value_name = "UNIT")]
    unit: String,
    #[command(flatten)]
    options: ChangeOptions,
}

pub(super) async fn rename(
    asked: Rename,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let Rename { old, new, options: ChangeOptions { reason, dry_run } } = asked;
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let changed = rename_unit(workflow, &old, &new, reason.as_deref(), dry_run).await?;
    say(&changed, dry_run, context)
}

pub(super) async fn merge(asked: Merge, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let Merge { from, into, yes, options: ChangeOptions { reason, dry_run } } = asked;
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let (units, reason) = ((from.as_str(), into.as_str()), reason.as_deref());
    let would = merge_units(workflow, units, reason, true).await?;
    if dry_run {
        return say(&would, true, context);
    }
    if would.moves_shares() && !yes {
        say(&would, true, context)?;
        context.say(context.lang.pick("确认合并的，请加 --yes", "to merge them, add --yes"))?;
        return Ok(Exit::NeedsPerson);
    }
    let changed = merge_units(workflow, units, reason, false).await?;
    say(&changed, false, context)
}

pub(super) async fn retire(
    asked: Retire,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let Retire { unit, options: ChangeOptions { reason, dry_run } } = asked;
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let changed = retire_unit(workflow, &unit, reason.as_deref(), dry_run).await?;
    say(&changed, dry_run, context)
}

fn say(
    changed: &ChangedUnit,
    dry_run: bool,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let lang = context.lang;
    if dry_run {
        context
            .say(lang.pick("未写入任何内容，执行后将是：", "nothing was written; it would be:"))?;
    }
    for line in lines(changed, lang) {
        context.say(&line)?;
    }
    Ok(Exit::Done)
}

fn lines(changed: &ChangedUnit, lang: Lang) -> Vec<String> {
    let ChangedUnit { before, after, moved, joined, contacts } = changed;
    let Some(after) = after else {
        return vec![words!(
            lang,
            zh = "{before}已撤销，{contacts}名联系人已停用",
            en = "{before} is retired, with {contacts} contacts"
        )];
    };
    let mut lines =
        vec![words!(lang, zh = "{before}变更为{after}", en = "{before} is {after} from now on")];
    if *contacts > 0 {
        lines.push(words!(lang, zh = "转入联系人{contacts}名", en = "{contacts} contacts go over"));
    }
    for (duties, zh, en) in [
        (moved, "转由其承担的未办结事项", "open obligations that go over"),
        (
            joined,
            "两单位均承担、合为一项的未办结事项",
            "open obligations of both units, owed once now",
        ),
    ] {
        if !duties.is_empty() {
            let (what, n, list) = (lang.pick(zh, en), duties.len(), lang.list(duties));
            lines.push(words!(lang, zh = "{what}{n}项：{list}", en = "{n} {what}: {list}"));
        }
    }
    lines
}
