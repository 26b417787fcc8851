//! `contacts`: who holds a post, and who is away.
//!
//! Must not know: how mail follows the people.

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::change_options::ChangeOptions;
use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::values;
use crate::domain::address::Address;
use crate::domain::directory::Absence;
use crate::domain::unit::Rank;
use crate::words;
use crate::words::Lang;
use crate::workflows::away::{Presence, set_absence};
use crate::workflows::posts::{ChangedPost, NewPost, PostChange, Successor, change_posts};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Replace(Replace),
    Move(Move),
    Promote(Promote),
    Retire(Retire),
    Away(Away),
}

/// Let another person take over the post of a contact (接替)
///
/// Mail that was not sent yet is taken back and goes to the successor, who hears what comes next. Who was told so far stays on
/// record. A person with several posts is replaced in all of them; UNIT/NAME names one.
#[derive(Debug, Args)]
pub(super) struct Replace {
    /// The contact, by name or address, or as UNIT/NAME
    #[arg(value_name = "CONTACT")]
    old: String,
    /// Who takes over: a contact of the ledger, or the mail address of a new one
    #[arg(value_name = "NEW")]
    new: String,
    /// Name of the new contact; default: the name the post has
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    options: ChangeOptions,
}

/// Move a contact to another unit (调动)
///
/// Mail that was not sent yet is taken back and goes to the others of the unit; the contact gets the mail of the new unit.
#[derive(Debug, Args)]
pub(super) struct Move {
    /// The contact, by name or address, or as UNIT/NAME
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// The new unit, by any of its names
    #[arg(value_name = "UNIT")]
    unit: String,
    /// The rank there: 承办人, 负责人 or 分管领导 (handler, head, leader); default: as before
    #[arg(long, value_name = "RANK", value_parser = values::rank)]
    rank: Option<Rank>,
    /// The post or name there; default: as before
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    options: ChangeOptions,
}

/// Give a contact another rank in the unit (职务变动)
#[derive(Debug, Args)]
pub(super) struct Promote {
    /// The contact, by name or address, or as UNIT/NAME
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// The new rank: 承办人, 负责人 or 分管领导 (handler, head, leader)
    #[arg(value_name = "RANK", value_parser = values::rank)]
    rank: Rank,
    /// The new post or name; default: as before
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    options: ChangeOptions,
}

/// Stop mail to a contact who has left (停用)
///
/// Mail that was not sent yet is taken back and goes to the others of the unit. The last contact of a unit that owes something
/// is replaced, not retired. Importing the contact again takes this back.
#[derive(Debug, Args)]
pub(super) struct Retire {
    /// The contact, by name or address, or as UNIT/NAME
    #[arg(value_name = "CONTACT")]
    contact: String,
    #[command(flatten)]
    options: ChangeOptions,
}

/// Record that a contact is away (外出), and who stands in
///
/// Mail goes to the person who stands in. If none is named, it goes to the contacts of the next higher rank of the unit,
/// else of the next lower. Reminders sent during the absence are not sent again on return. A contact may have several
/// absences; on the days of a new one it holds in place of the others.
#[derive(Debug, Args)]
pub(super) struct Away {
    /// The contact, by name or address, or as UNIT/NAME
    #[arg(value_name = "CONTACT")]
    contact: String,
    /// The first day away
    #[arg(long, value_name = "DATE", value_parser = values::date, required_unless_present = "back", requires = "to")]
    from: Option<Date>,
    /// The last day away
    #[arg(long, value_name = "DATE", value_parser = values::date, requires = "from")]
    to: Option<Date>,
    /// Address of the contact of the same unit who stands in
    #[arg(long, value_name = "ADDRESS", value_parser = values::address)]
    delegate: Option<Address>,
    /// End every absence; with --from and --to, those days only
    #[arg(long, conflicts_with = "delegate")]
    back: bool,
}

/// Changes who holds a post, or enters an absence.
pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match command {
        Command::Away(away) => go_away(away, context).await,
        Command::Replace(Replace { old, new, name, options }) => {
            let successor = match Address::parse(&new) {
                Ok(address) if name.is_some() || !is_known(&new, context).await? => {
                    Successor::New { name, address }
                }
                Ok(_) | Err(_) => Successor::Known(new),
            };
            change(&old, PostChange::Replace(successor), options, context).await
        }
        Command::Move(Move { contact, unit, rank, name, options }) => {
            let post = NewPost { unit: Some(unit), rank, name };
            change(&contact, PostChange::Move(post), options, context).await
        }
        Command::Promote(Promote { contact, rank, name, options }) => {
            let post = NewPost { unit: None, rank: Some(rank), name };
            change(&contact, PostChange::Move(post), options, context).await
        }
        Command::Retire(Retire { contact, options }) => {
            change(&contact, PostChange::Retire, options, context).await
        }
    }
}

async fn is_known(asked: &str, context: &mut CommandContext<'_>) -> Result<bool, Failure> {
    let directory = context.ledger().await?.directory().await?;
    Ok(crate::workflows::names::contacts_called(&directory, asked).is_ok())
}

async fn change(
    asked: &str,
    change: PostChange,
    options: ChangeOptions,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let ChangeOptions { reason, dry_run } = options;
    let posts = change_posts(workflow, asked, &change, reason.as_deref(), dry_run).await?;
    let lang = context.lang;
    if dry_run && !posts.is_empty() {
        context
            .say(lang.pick("未写入任何内容，执行后将是：", "nothing was written; it would be:"))?;
    }
    if posts.is_empty() {
        context.say(lang.pick("与现状相同，无须变更", "nothing to change: all is as asked"))?;
    }
    for post in &posts {
        context.say(&said(post, lang))?;
    }
    Ok(Exit::Done)
}

fn said(post: &ChangedPost, lang: Lang) -> String {
    let ChangedPost { unit, before, after } = post;
    let (rank, name) = (before.rank.say(lang), &before.name);
    let Some(after) = after else {
        return words!(
            lang,
            zh = "{unit}{rank}{name}已停用，不再发送邮件",
            en = "{name}, {rank} of {unit}, is retired and gets no more mail"
        );
    };
    let (address, now) = (&after.address, &after.name);
    let (new_unit, new_rank) = (&after.unit, after.rank.say(lang));
    words!(
        lang,
        zh = "{unit}{rank}{name}变更为{new_unit}{new_rank}{now} <{address}>",
        en = "{name}, {rank} of {unit}: now {now} <{address}>, {new_rank} of {new_unit}"
    )
}

pub(super) async fn go_away(away: Away, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let span = away.from.zip(away.to);
    let presence = match span {
        Some((from, through)) if away.back => Presence::BackFrom(from, through),
        Some((from, through)) => Presence::Away(Absence { from, through, delegate: away.delegate }),
        None => Presence::Back,
    };
    let ledger = context.ledger().await?;
    let contact = set_absence(context.for_workflow(&ledger), &away.contact, &presence).await?;
    let lang = context.lang;
    let said = match presence {
        Presence::Back => {
            words!(lang, zh = "{name}在岗", en = "{name} is present", name = contact.name)
        }
        Presence::BackFrom(from, through) => words!(
            lang,
            zh = "{name}自{from}至{through}在岗",
            en = "{name} is present from {from} through {through}",
            name = contact.name
        ),
        Presence::Away(Absence { from, through, delegate }) => {
            let deputy = || lang.pick("同单位其他职级", "contacts of another rank").to_owned();
            words!(
                lang,
                zh = "{name}自{from}至{through}外出，由{by}代收",
                en = "{name} is away from {from} through {through}; mail goes to {by}",
                name = contact.name,
                by = delegate.map_or_else(deputy, |it| it.to_string())
            )
        }
    };
    context.say(&said)?;
    Ok(Exit::Done)
}
