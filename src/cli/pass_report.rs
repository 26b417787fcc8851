//! What a pass did, in words: `remind`.
//!
//! Must not know: what a pass does.

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use super::ledger;
use crate::views::dates::{due_day, minute, provisional_mark, with_weekday};
use crate::words;
use crate::words::{Lang, Say};
use crate::workflows::recalculate::{ChangedDate, Recalculated};
use crate::workflows::remind::PassReport;

/// Says what a pass did and what a person must look at; returns the exit code.
pub(super) fn say_report(
    context: &mut CommandContext<'_>,
    report: &PassReport,
) -> Result<Exit, Failure> {
    if !report.holds.is_empty() {
        ledger::say_holds(context, &report.holds)?;
        return Ok(Exit::NeedsPerson);
    }
    if !report.hours_open {
        say_hours_closed(context, report)?;
    }
    say_recalculated(context, &report.recalculated)?;
    let (lang, counts) = (context.lang, &report.counts);
    context.say(&words!(
        lang,
        zh = "生成邮件{written}封，邮件服务器已接收{accepted}封",
        en = "{written} mails written, {accepted} accepted by the relay",
        written = report.sealed.messages.len(),
        accepted = counts.accepted,
    ))?;
    let held = report.sealed.messages.iter().filter(|message| message.held.is_some()).count();
    if held > 0 {
        context.say(&words!(
            lang,
            zh = "本次邮件数量远多于平常，{held}封已暂停发送。请先用 duban mail list --state held 查看，再用 duban mail release --all --count {held} 放行",
            en = "{held} mails are held, because they are far more than usual. Look at them with `duban mail list --state held`, \
                  then send them with `duban mail release --all --count {held}`",
        ))?;
    }
    say_not_written(context, report)?;
    let waiting = counts.uncharged + counts.deferred + counts.unknown;
    if waiting > 0 {
        context.say(&words!(
            lang,
            zh = "{waiting}次投递暂未成功，将自动重试；用 duban mail list 查看",
            en = "{waiting} attempts failed for now and are retried; see `duban mail list`",
        ))?;
    }
    let not_delivered = counts.held + counts.dead + counts.expired;
    if not_delivered > 0 {
        context.say(lang.pick(
            "有邮件需要人工处理，用 duban mail list 查看",
            "Some mails need a person; see `duban mail list`",
        ))?;
    }
    if report.unattended > 0 {
        context.say(&words!(
            lang,
            zh = "{n}项未办结事项无人提醒，见 duban items",
            en = "{n} open obligations are no longer reminded of; see `duban items`",
            n = report.unattended,
        ))?;
    }
    let has_faults = !report.sealed.faults.is_empty() || !report.recalculated.faults.is_empty();
    let needs_person = has_faults
        || report.unattended > 0
        || held + report.sealed.left_out > 0
        || waiting + not_delivered > 0;
    Ok(match needs_person {
        _ if counts.uncharged > 0 && counts.accepted == 0 => Exit::Relay,
        true => Exit::NeedsPerson,
        false => Exit::Done,
    })
}

/// Names what could not be written, and counts what had no room.
fn say_not_written(context: &mut CommandContext<'_>, report: &PassReport) -> Result<(), Failure> {
    let lang = context.lang;
    for (contact, fault) in &report.sealed.faults {
        context.say(&words!(
            lang,
            zh = "联系人{id}的邮件无法生成：{fault}",
            en = "No mail could be written for contact {id}: {fault}",
            id = contact.0,
            fault = fault.say(lang),
        ))?;
    }
    let left_out = report.sealed.left_out;
    if left_out > 0 {
        context.say(&words!(
            lang,
            zh = "{left_out}项提醒因邮件过长未列，下一封邮件优先列出；见 duban items",
            en = "{left_out} reminders had no room in the mails; the next mails list them first; see `duban items`",
        ))?;
    }
    Ok(())
}

fn say_hours_closed(context: &mut CommandContext<'_>, report: &PassReport) -> Result<(), Failure> {
    let hours = context.settings.schedule.mail_hours;
    context.say(&words!(
        context.lang,
        zh = "{now}不在发送时段内（工作日{from}至{until}），只发送按小时计算的提醒",
        en = "{now} lies outside mail hours (working days, {from} to {until}): only clocks in hours are reminded of",
        now = minute(report.now),
        from = hours.from.strftime("%H:%M"),
        until = hours.until.strftime("%H:%M"),
    ))
}

/// Lists the due dates that the law in force has moved, and those that could not be calculated.
pub(super) fn say_recalculated(
    context: &mut CommandContext<'_>,
    recalculated: &Recalculated,
) -> Result<(), Failure> {
    for moved in &recalculated.changed {
        context.say(&moved_line(moved, context.lang))?;
    }
    for (id, fault) in &recalculated.faults {
        context.say(&not_recalculated(id.0, fault, context.lang))?;
    }
    Ok(())
}

/// That the date of an obligation could not be calculated again.
pub(super) fn not_recalculated(id: i64, fault: &impl Say, lang: Lang) -> String {
    words!(
        lang,
        zh = "事项{id}的日期无法重新计算，保持不变：{fault}",
        en = "The date of obligation {id} could not be recalculated and stays: {fault}",
        fault = fault.say(lang),
    )
}

/// `002-13：到期日由2022-12-31 周六改为2022-12-30 周五（国办发明电〔2022〕16号）`.
fn moved_line(moved: &ChangedDate, lang: Lang) -> String {
    let none = |date: String| {
        if date.is_empty() { lang.pick("无", "none").to_owned() } else { date }
    };
    let now = moved
        .now_due
        .map(|(due, provisional)| with_weekday(due, lang) + provisional_mark(provisional, lang));
    words!(
        lang,
        zh = "{reference}：到期日由{before}改为{now}（{paper}）",
        en = "{reference}: due {before} before, {now} now ({paper})",
        reference = moved.obligation.inputs.full_reference(),
        before = none(due_day(moved.obligation.deadline.as_ref(), lang)),
        now = none(now.unwrap_or_default()),
        paper = moved.paper,
    )
}
