//! `ledger person`: what the ledger holds about a person, a copy of it, and its erasure.
//!
//! Must not know: where it stands in the ledger.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::storage::personal::Erased;
use crate::views::person::PersonView;
use crate::words;
use crate::workflows::forget_person::{Forgetting, forget};
use crate::workflows::{NotFound, Refused};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Show(Show),
    Export(Export),
    Forget(Forget),
}

/// Show which data the ledger holds about a person (查阅)
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The person's mail address
    #[arg(value_name = "ADDRESS")]
    address: String,
}

/// Print all data about a person as JSON (复制)
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The person's mail address
    #[arg(value_name = "ADDRESS")]
    address: String,
}

/// Erase name and address of a person (删除), in two steps
///
/// Without --yes nothing is written; the command says what it would do. With --yes the person gets no more mail. Given again
/// after 7 days, it erases name and address and the mails that hold them; until then importing the contact again takes the
/// order back. Duties, dates and the journal's chain stay; where their texts name the person, the name is replaced. It refuses while the
/// person is the only contact of a unit that owes something, or while mail to the person is under way. References (编号) and
/// old backups are not touched.
#[derive(Debug, Args)]
pub(super) struct Forget {
    /// The person's mail address
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// Take the next step, instead of saying what it would be
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(
    command: Command,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    match command {
        Command::Show(arguments) => show(&arguments.address, context).await,
        Command::Export(arguments) => export(&arguments.address, context).await,
        Command::Forget(arguments) => take_step(&arguments, context).await,
    }
}

async fn show(address: &str, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let view = view(address, context).await?;
    let (lang, facts) = (context.lang, view.facts(context.lang));
    context.facts(&facts)?;
    context.say(lang.pick(
        "全部内容：duban ledger person export",
        "everything: `duban ledger person export`",
    ))?;
    Ok(Exit::Done)
}

async fn export(address: &str, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let view = view(address, context).await?;
    print_json(&view, context)?;
    Ok(Exit::Done)
}

fn print_json(view: &impl Serialize, context: &mut CommandContext<'_>) -> Result<(), Failure> {
    context.json(view)
}

async fn view(address: &str, context: &mut CommandContext<'_>) -> Result<PersonView, Failure> {
    let ledger = context.ledger().await?;
    let contacts = ledger.person_contacts(address).await?;
    if contacts.is_empty() {
        let asked = address.to_owned();
        return Err(Refused::NotFound(NotFound::Contact { asked, similar: None }).into());
    }
    let mails = ledger.person_mails(address).await?;
    let incoming = ledger.person_incoming(address).await?;
    Ok(PersonView::of(&contacts, &mails, &incoming))
}

async fn take_step(arguments: &Forget, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let ledger = context.ledger().await?;
    let workflow = context.for_workflow(&ledger);
    let done = forget(workflow, &arguments.address, arguments.yes).await?;
    let lang = context.lang;
    let said = match done {
        Forgetting::WouldOrder => lang
            .pick(
                "将停止向此人发送邮件，7日后可删除其姓名和邮箱；加 --yes 执行",
                "would stop all mail to this person, and allow erasing name and address after 7 days; add --yes",
            )
            .to_owned(),
        Forgetting::Ordered { erase_after } | Forgetting::Waiting { erase_after } => {
            let moment = erase_after.local().strftime("%F %H:%M").to_string();
            words!(
                lang,
                zh = "已停止发送邮件；{moment}之后再次运行本命令即可删除",
                en = "no more mail is sent; run this again after {moment} to erase the data",
            )
        }
        Forgetting::WouldErase { mails } => words!(
            lang,
            zh = "将删除姓名、邮箱和{mails}封邮件的内容，不可恢复；加 --yes 执行",
            en = "would erase name, address and the text of {mails} mails for ever; add --yes",
        ),
        Forgetting::Erased(Erased { mails, journal_fields, references }) => {
            say_references(&references, context)?;
            words!(
                lang,
                zh = "已删除：姓名、邮箱、{mails}封邮件的内容、日志中{journal_fields}处；此前的备份仍含有这些内容",
                en = "erased: name, address, the text of {mails} mails, {journal_fields} fields of the journal; older backups still hold them",
            )
        }
    };
    context.say(&said)?;
    Ok(Exit::Done)
}

/// Names the references that still name the person.
fn say_references(references: &[String], context: &mut CommandContext<'_>) -> Result<(), Failure> {
    if references.is_empty() {
        return Ok(());
    }
    let list = context.lang.list(references);
    context.say(&words!(
        context.lang,
        zh = "以下编号含有姓名或邮箱，未作改动：{list}",
        en = "these references name the person and stay as they are: {list}",
    ))
}
