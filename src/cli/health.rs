//! `doctor`, `status`: is the configuration right, are the surroundings, is the service well.
//!
//! Must not know: how any of it is repaired.

use clap::Args;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::status::{certainty, findings};
use crate::domain::address::Address;
use crate::domain::delivery::Outcome;
use crate::mail::compose;
use crate::storage::uids;
use crate::views::sentence::Sentence;
use crate::views::status::{CheckView, FindingView};
use crate::wiring;
use crate::words;
use crate::words::{Lang, Say as _};
use crate::workflows::findings::Finding;
use crate::workflows::send_test;

/// Check the files of the configuration
#[derive(Debug, Args)]
pub(super) struct CheckConfig {}

/// Check everything the service needs
///
/// Checks the configuration, the ledger and whether it was copied, the clock, units, calendar, templates and the relay.
/// Connects to the relay, but sends nothing unless --send-test is given.
#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Check only the files of the configuration; --config without FILE means the same
    #[arg(long)]
    config_only: bool,
    /// Send one test mail to this address, and check nothing else
    #[arg(long, value_name = "ADDRESS", value_parser = super::values::address, conflicts_with = "config_only")]
    send_test: Option<Address>,
}

/// Says that the configuration is right; every fault of it was said before this is called.
pub(super) fn check_config(context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let compose_settings = wiring::compose_settings(&context.settings)?;
    compose::check(&compose_settings.templates, &compose_settings.office, context.now())
        .map_err(Failure::Compose)?;
    wiring::mailer(&context.settings)?;
    let certain = context.law.calendar.certain_through();
    context.say(&words!(
        context.lang,
        zh = "配置正确；数据库{ledger}，工作日历确定至{certain}",
        en = "the configuration is right; ledger {ledger}, calendar certain through {certain}",
        ledger = context.settings.database.display(),
    ))?;
    if let Some(to) = context.settings.mail.redirect_to.clone() {
        context.say(&words!(
            context.lang,
            zh = "试运行：所有邮件都改发到{to}（mail.redirect_to）",
            en = "on trial: every mail goes to {to} (mail.redirect_to)"
        ))?;
    }
    Ok(Exit::Done)
}

/// Looks at the surroundings.
pub(super) async fn doctor(
    arguments: Doctor,
    context: &mut CommandContext<'_>,
) -> Result<Exit, Failure> {
    check_config(context)?;
    if arguments.config_only {
        return Ok(Exit::Done);
    }
    if let Some(to) = &arguments.send_test {
        return send_test(to, context).await;
    }
    context.ledger_to_read().await?.check_pages().await?;
    let files = files(context).await?;
    let findings = findings(context).await?;
    let mut checks =
        vec![watch(&findings), files, directory(&findings, context).await?, calendar(context)];
    checks.extend(unit_calendars(context).await?);
    checks.push(relay(context).await?);
    let others = findings.iter().filter(|finding| !is_checked(finding));
    checks.extend(others.map(|finding| FindingView::of(finding).check()));
    let relay_is_well = checks.iter().all(|check| check.well || check.subject != "relay");
    let all_well = checks.iter().all(|check| check.well);
    context.list(&checks, "")?;
    Ok(match (all_well, relay_is_well) {
        (true, _) => Exit::Done,
        (false, true) => Exit::NeedsPerson,
        (false, false) => Exit::Relay,
    })
}

/// Sends one mail at once and says what came of it.
async fn send_test(to: &Address, context: &mut CommandContext<'_>) -> Result<Exit, Failure> {
    let settings = wiring::compose_settings(&context.settings)?;
    let mailer = wiring::mailer(&context.settings)?;
    // nobody tells these mails from those of a ledger, and none is needed to send one
    let identity = uids::ledger_identity()?;
    let sent = send_test::send_test(&settings, &identity, mailer.as_ref(), to, context.now());
    let outcome = sent.await.map_err(Failure::Compose)?;
    let lang = context.lang;
    let (text, exit) = match &outcome {
        Outcome::Accepted { reply } => {
            let reply = words!(lang, zh = "已接收：{r}", en = "accepted: {r}", r = reply.text);
            (reply, Exit::Done)
        }
        Outcome::Failed { stage, fault } => {
            let (stage, fault) = (stage.say(lang), fault.say(lang));
            (words!(lang, zh = "{stage}阶段：{fault}", en = "{stage}: {fault}"), Exit::Relay)
        }
        Outcome::Unknown { fault } => (fault.say(lang), Exit::Relay),
        Outcome::Withheld => (String::new(), Exit::Relay),
    };
    context.say(&words!(
        lang,
        zh = "发往{to}的试发邮件：{text}",
        en = "the test mail to {to}: {text}"
    ))?;
    Ok(exit)
}

/// True for a finding that one of the checks names.
fn is_checked(finding: &Finding) -> bool {
    matches!(
        finding,
        Finding::Hold(_)
            | Finding::UnknownOfficeUnit { .. }
            | Finding::UnreachableUnit { .. }
            | Finding::CalendarEnds { .. }
    )
}

/// The database is the one in use and the clock makes sense, so that mail may go out at all.
fn watch(findings: &[Finding]) -> CheckView {
    let is_hold = |finding: &&Finding| matches!(finding, Finding::Hold(_));
    let holds: Vec<&Finding> = findings.iter().filter(is_hold).collect();
    let detail = Sentence::of(|lang| match holds.as_slice() {
        [] => {
            let well = lang.pick(
                "数据库未被复制或移动，时钟正常",
                "the database was neither copied nor moved, and the clock makes sense",
            );
            well.to_owned()
        }
        holds => in_full(holds, lang),
    });
    CheckView::of("watch", holds.is_empty(), detail)
}

/// Every file of the ledger belongs to its user, who alone may read it.
async fn files(context: &mut CommandContext<'_>) -> Result<CheckView, Failure> {
    let faults = context.ledger_to_read().await?.file_faults();
    let detail = Sentence::of(|lang| match faults.as_slice() {
        [] => lang
            .pick(
                "台账及同目录文件的属主和权限正确",
                "the ledger and the files beside it have the right owner and mode",
            )
            .to_owned(),
        faults => {
            let lines = faults.iter().map(|fault| {
                words!(
                    lang,
                    zh = "{what}（修正：{command}）",
                    en = "{what} (mend it with: {command})",
                    what = fault.say(lang),
                    command = fault.command()
                )
            });
            lines.collect::<Vec<_>>().join(lang.pick("；", "; "))
        }
    });
    Ok(CheckView::of("files", faults.is_empty(), detail))
}

async fn directory(
    findings: &[Finding],
    context: &mut CommandContext<'_>,
) -> Result<CheckView, Failure> {
    let count = context.ledger_to_read().await?.directory().await?.units().count();
    let is_about_units = |finding: &&Finding| {
        matches!(finding, Finding::UnknownOfficeUnit { .. } | Finding::UnreachableUnit { .. })
    };
    let faults: Vec<&Finding> = findings.iter().filter(is_about_units).collect();
    let detail = Sentence::of(|lang| match faults.as_slice() {
        [] => words!(
            lang,
            zh = "单位和单位组共{count}个，都有可以联系的人",
            en = "{count} units and groups, each with a contact that can be reached",
        ),
        faults => in_full(faults, lang),
    });
    Ok(CheckView::of("units", faults.is_empty(), detail))
}

/// What is wrong, what it is about, and what to do, of each finding.
fn in_full(findings: &[&Finding], lang: Lang) -> String {
    let separator = lang.pick("；", "; ");
    let parts = findings
        .iter()
        .flat_map(|finding| [finding.title(lang), finding.detail(lang), finding.next_step(lang)]);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    parts.join(separator)
}

fn calendar(context: &CommandContext<'_>) -> CheckView {
    let certainty = certainty(context);
    CheckView::of("calendar", certainty.well, Sentence::of(|lang| certainty.say(lang)))
}

/// Units with a calendar of their own that the ledger does not know; `None` when every unit is known.
async fn unit_calendars(context: &mut CommandContext<'_>) -> Result<Option<CheckView>, Failure> {
    let directory = context.ledger_to_read().await?.directory().await?;
    let units = context.law.units_with_calendar();
    let unknown: Vec<&str> = units.filter(|unit| directory.find(unit).is_none()).collect();
    let detail = Sentence::of(|lang| {
        words!(
            lang,
            zh = "data.unit_days 中的{names}不在单位表中",
            en = "data.unit_days names {names}, which the ledger does not have",
            names = lang.list(&unknown),
        )
    });
    let check = CheckView::of("unit calendars", false, detail);
    Ok((!unknown.is_empty()).then_some(check))
}

async fn relay(context: &CommandContext<'_>) -> Result<CheckView, Failure> {
    let check = wiring::try_out_mail(&context.settings).await?;
    Ok(CheckView::of("relay", check.is_well(), Sentence::of(|lang| check.say(lang))))
}
