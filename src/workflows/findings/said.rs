//! Findings in words: what is wrong, what it is about, what a person does.
//!
//! Must not know: how a finding is found, printed or mailed. Callers: other rooms through [`Finding`].

use super::Finding;
use crate::domain::item::{ItemKey, ItemKind};
use crate::domain::moment::Moment;
use crate::storage::reminders::LeftOutOfMail;
use crate::storage::unattended::UnattendedDuty;
use crate::words;
use crate::words::Lang;
use crate::workflows::names::some_units;

/// More names than this are counted, not listed.
const MOST_NAMES: usize = 10;

impl Finding {
    /// What is wrong.
    pub fn title(&self, lang: Lang) -> String {
        match self {
            Self::Hold(hold) => hold.item().kind().say(lang).to_owned(),
            Self::StalePass { .. } => lang
                .pick(
                    "上次完整检查距今已超过一个工作日",
                    "the last complete run is over a working day old",
                )
                .to_owned(),
            Self::UnknownOfficeUnit { name } => words!(
                lang,
                zh = "office.unit“{name}”不在单位表中，督办单位不会收到提醒",
                en = "office.unit `{name}` is not a unit in the ledger; nobody will receive supervisor notices"
            ),
            Self::Item(item) => item.key.kind().say(lang).to_owned(),
            Self::Unattended(duty) => duty.key.kind().say(lang).to_owned(),
            Self::HeldMessages { count } => {
                words!(lang, zh = "{count}封邮件已暂停，等待放行", en = "{count} mails are held")
            }
            Self::PausedSending(_) => lang.pick("发送通道暂时停用", "sending is paused").to_owned(),
            Self::DamagedAddress { .. } => lang
                .pick(
                    "联系人的邮箱记录已损坏，未向其发送",
                    "the stored address of a contact is damaged, nothing is sent to it",
                )
                .to_owned(),
            Self::LeftOut { reminders, .. } => words!(
                lang,
                zh = "{reminders}项提醒因邮件过长未列，下一封邮件优先列出",
                en = "{reminders} reminders had no room in a mail; the next mail lists them first"
            ),
            Self::UnreachableUnit { .. } => ItemKind::Unreachable.say(lang).to_owned(),
            Self::CalendarEnds { .. } => {
                lang.pick("工作日历即将用尽", "the calendar ends soon").to_owned()
            }
            Self::ProvisionalDates { references } => words!(
                lang,
                zh = "{n}项近期事项的到期日为暂定",
                en = "{n} dates due soon are provisional",
                n = references.len()
            ),
            Self::LargeLedger { megabytes } => words!(
                lang,
                zh = "台账已达{megabytes}兆字节",
                en = "the ledger has {megabytes} megabytes"
            ),
        }
    }

    /// What it is about; may be empty.
    pub fn subject(&self, lang: Lang) -> String {
        match self {
            Self::StalePass { last } => {
                let at = last.map_or_else(|| lang.pick("尚无", "none yet").to_owned(), shown);
                words!(lang, zh = "上次完整检查：{at}", en = "last complete run: {at}")
            }
            Self::Item(item) => match &item.key {
                ItemKey::Breaker { scope, reason } => {
                    format!("{} {}", scope.say(lang), reason.say(lang))
                }
                ItemKey::Mailbox(_)
                | ItemKey::Undelivered(_)
                | ItemKey::Ambiguous(_)
                | ItemKey::Damaged(_)
                | ItemKey::Returned(_)
                | ItemKey::Mail(_)
                | ItemKey::Answer(_)
                | ItemKey::FollowUp(_)
                | ItemKey::Unreachable(_)
                | ItemKey::Quota(_)
                | ItemKey::UnknownLadder(_)
                | ItemKey::Instance
                | ItemKey::Clock
                | ItemKey::LadderEnded(_)
                | ItemKey::Suspended(_)
                | ItemKey::Silenced(_)
                | ItemKey::AwaitsEvent(_)
                | ItemKey::NotTold(_) => item.detail.clone(),
            },
            Self::Unattended(duty) => unattended_subject(duty, lang),
            Self::PausedSending(breaker) => {
                format!("{} {}", breaker.scope.say(lang), breaker.reason.say(lang))
            }
            Self::UnreachableUnit { name, .. } | Self::DamagedAddress { name } => name.clone(),
            Self::LeftOut { contacts, .. } => left_out(contacts, lang),
            Self::CalendarEnds { certain_through, days_left } => words!(
                lang,
                zh = "确定至{certain_through}，还有{days}天",
                en = "certain through {certain_through}, {days} days from now",
                days = (*days_left).max(0)
            ),
            Self::ProvisionalDates { references } => listed(references, lang),
            Self::Hold(hold) => hold.say(lang),
            Self::UnknownOfficeUnit { .. }
            | Self::HeldMessages { .. }
            | Self::LargeLedger { .. } => String::new(),
        }
    }

    /// The subject and since when, in one line.
    pub fn detail(&self, lang: Lang) -> String {
        let subject = self.subject(lang);
        match self {
            Self::Item(_) | Self::PausedSending(_) | Self::LeftOut { .. } => {
                let since = self.since().map(shown).unwrap_or_default();
                words!(lang, zh = "{subject}（{since}起）", en = "{subject} (since {since})")
            }
            Self::Hold(_)
            | Self::Unattended(_)
            | Self::StalePass { .. }
            | Self::UnknownOfficeUnit { .. }
            | Self::HeldMessages { .. }
            | Self::DamagedAddress { .. }
            | Self::UnreachableUnit { .. }
            | Self::CalendarEnds { .. }
            | Self::ProvisionalDates { .. }
            | Self::LargeLedger { .. } => subject,
        }
    }

    /// What a person does about it, mostly a command.
    pub fn next_step(&self, lang: Lang) -> String {
        match self {
            Self::Hold(hold) => hold.item().next_step(lang),
            Self::StalePass { .. } => lang
                .pick("用 journalctl -u duban 查看原因", "find the cause with journalctl -u duban")
                .to_owned(),
            Self::UnknownOfficeUnit { .. } => lang
                .pick(
                    "请补入 units.csv 或者修改该项",
                    "add it to units.csv or correct the key",
                )
                .to_owned(),
            Self::Item(item) => item.key.next_step(lang),
            Self::Unattended(duty) => duty.key.next_step(lang),
            Self::HeldMessages { count } => words!(
                lang,
                zh = "先用 duban mail list 查看，再执行 duban mail release --all --count {count}",
                en = "look with duban mail list, then duban mail release --all --count {count}"
            ),
            Self::PausedSending(_) => lang
                .pick("持续不通时用 duban doctor 查看原因", "if it lasts, find the cause with duban doctor")
                .to_owned(),
            Self::DamagedAddress { .. } => lang
                .pick(
                    "检查磁盘，再用 duban import units 重新导入该联系人",
                    "examine the disk, then load the contact again with duban import units",
                )
                .to_owned(),
            Self::LeftOut { .. } => lang
                .pick(
                    "用 duban upcoming --unit 单位 --format csv 导出全部事项另行送达；长期过多的，分给多名联系人",
                    "send the whole list by other means: duban upcoming --unit UNIT --format csv; if it lasts, share the duties among several contacts",
                )
                .to_owned(),
            Self::UnreachableUnit { .. } => lang
                .pick("用 duban import units 补充联系人", "add a contact with duban import units")
                .to_owned(),
            Self::CalendarEnds { .. } => lang
                .pick(
                    "放假安排通知公布后执行 duban import calendar",
                    "load the next notice with duban import calendar once it is published",
                )
                .to_owned(),
            Self::ProvisionalDates { .. } => lang
                .pick(
                    "放假安排通知公布后执行 duban import calendar，日期将自动重算",
                    "load the notice with duban import calendar once it is published; the dates are recalculated",
                )
                .to_owned(),
            Self::LargeLedger { .. } => lang
                .pick(
                    "用 duban ledger retain 查看可清理的内容；确属正常的，调高 retention.warn_megabytes",
                    "see what can go with duban ledger retain; if this is right, raise retention.warn_megabytes",
                )
                .to_owned(),
        }
    }
}

/// 编号, title and units, with the day from which nobody has been reminded.
fn unattended_subject(duty: &UnattendedDuty, lang: Lang) -> String {
    let UnattendedDuty { key, reference, title, units, due, since, until } = duty;
    let units = some_units(units, lang);
    let due = due.map(|due| words!(lang, zh = "，{due}到期", en = ", due {due}"));
    let due = due.unwrap_or_default();
    let since = match key {
        ItemKey::LadderEnded(_) => {
            words!(lang, zh = "，最后提醒{since}", en = ", last reminded {since}")
        }
        ItemKey::Suspended(_) => {
            let until = until.map(|until| {
                words!(lang, zh = "，法定时间至{until}为止", en = ", lawful until {until}")
            });
            let until = until.unwrap_or_default();
            words!(lang, zh = "，{since}起中止{until}", en = ", stopped since {since}{until}")
        }
        ItemKey::AwaitsEvent(_) => {
            words!(lang, zh = "，{since}登记", en = ", registered {since}")
        }
        ItemKey::Silenced(_)
        | ItemKey::NotTold(_)
        | ItemKey::Mailbox(_)
        | ItemKey::Undelivered(_)
        | ItemKey::Ambiguous(_)
        | ItemKey::Damaged(_)
        | ItemKey::Returned(_)
        | ItemKey::Answer(_)
        | ItemKey::FollowUp(_)
        | ItemKey::Breaker { .. }
        | ItemKey::Unreachable(_)
        | ItemKey::Quota(_)
        | ItemKey::UnknownLadder(_)
        | ItemKey::Instance
        | ItemKey::Clock
        | ItemKey::Mail(_) => String::new(),
    };
    words!(
        lang,
        zh = "{reference} {title}（{units}）{due}{since}",
        en = "{reference} {title} ({units}){due}{since}"
    )
}

/// `区教委 张三240项、…`.
fn left_out(contacts: &[LeftOutOfMail], lang: Lang) -> String {
    let name = |it: &LeftOutOfMail| {
        let LeftOutOfMail { unit, contact, reminders, .. } = it;
        words!(lang, zh = "{unit} {contact}{reminders}项", en = "{unit} {contact}: {reminders}")
    };
    listed(&contacts.iter().map(name).collect::<Vec<_>>(), lang)
}

fn listed(names: &[String], lang: Lang) -> String {
    let shown: Vec<&String> = names.iter().take(MOST_NAMES).collect();
    let list = lang.list(&shown);
    match names.len().checked_sub(MOST_NAMES) {
        None | Some(0) => list,
        Some(more) => {
            words!(lang, zh = "{list}，另有{more}个", en = "{list} and {more} more")
        }
    }
}

fn shown(moment: Moment) -> String {
    moment.local().strftime("%F %H:%M").to_string()
}
