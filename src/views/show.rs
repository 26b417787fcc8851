//! Everything about one obligation: `show`.
//!
//! Must not know: the command line, where it is stored.

use jiff::civil::Date;
use serde::Serialize;

use super::argument::adjusted;
use super::dates::{second, with_weekday};
use super::entries;
use super::journal::HistoryView;
use super::names::{name, name_on};
use super::obligation::ObligationView;
use super::row::{Column, Row};
use super::sentence::Sentence;
use super::told::step;
use super::words::word;
use crate::domain::deadline::{Adjustment, Change};
use crate::domain::delivery::MessageState;
use crate::domain::directory::Directory;
use crate::domain::ladder::Tone;
use crate::domain::life::was_late;
use crate::domain::moment::Moment;
use crate::domain::obligation::{AssignmentState, Obligation};
use crate::domain::reminder::Occasion;
use crate::domain::unit::Role;
use crate::storage::history::{MailedReminder, ShareRecord};
use crate::words;
use crate::words::Lang;
use crate::workflows::record::Record;

/// An obligation with everything on record.
#[derive(Serialize)]
pub struct RecordView {
    #[serde(flatten)]
    pub obligation: ObligationView,
    note: String,
    instructions: String,
    pub shares: Vec<ShareView>,
    adjustments: Vec<AdjustmentView>,
    /// Wrong entries that were taken back.
    corrected: Vec<Sentence>,
    pub mails: Vec<MailedView>,
    pub history: Vec<HistoryView>,
}

/// One unit's share.
#[derive(Serialize)]
pub struct ShareView {
    unit: String,
    #[serde(serialize_with = "word")]
    state: AssignmentState,
    acknowledged_at: Option<String>,
    reported_at: Option<String>,
    done_on: Option<Date>,
    /// The work was done after the due date of the document.
    late: bool,
    evidence: Option<String>,
    closed_at: Option<String>,
}

#[derive(Serialize)]
struct AdjustmentView {
    on: Date,
    adjustment: &'static str,
    /// Short form.
    by: Option<String>,
    ground: Option<String>,
    reason: String,
    #[serde(skip)]
    value: Adjustment,
}

/// A reminder that was mailed.
#[derive(Serialize)]
pub struct MailedView {
    message: i64,
    day: Date,
    contact: String,
    recipient: String,
    owed_by: String,
    #[serde(serialize_with = "word")]
    role: Role,
    #[serde(serialize_with = "word")]
    tone: Tone,
    rung: String,
    repeat: u32,
    #[serde(serialize_with = "word")]
    state: MessageState,
    accepted_at: Option<String>,
    #[serde(skip)]
    occasion: Occasion,
}

impl RecordView {
    /// `None` for a record without an obligation, which no workflow returns.
    pub fn of(record: &Record) -> Option<Self> {
        let Record { answer, shares, adjustments, reminders, corrected, history } = record;
        let standing = answer.standings.first()?;
        let (obligation, directory) = (&standing.obligation, &answer.directory);
        Some(Self {
            obligation: ObligationView::of(standing, directory),
            note: obligation.inputs.note.clone(),
            instructions: obligation.inputs.instructions.clone(),
            shares: shares
                .iter()
                .map(|share| ShareView::of(share, obligation, directory))
                .collect(),
            adjustments: adjustments.iter().map(AdjustmentView::of).collect(),
            corrected: entries::corrected(corrected, directory),
            mails: reminders.iter().map(|reminder| MailedView::of(reminder, directory)).collect(),
            history: history.iter().map(HistoryView::of).collect(),
        })
    }

    /// What the table of facts says; facts without content are empty.
    pub fn facts(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let obligation = &self.obligation;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut facts: Vec<(&'static str, String)> = ObligationView::columns()
            .iter()
            .map(|it| (it.header(lang), it.cell(obligation, lang)))
            .collect();
        let internal = lang.pick(
            "到期日为本单位自定的内部目标，文件未规定期限",
            "the date is a target of the office; the document gives none",
        );
        let internal = if obligation.internal_target { internal } else { "" };
        let suspended = obligation.suspended_since.map(|since| {
            let since = with_weekday(since, lang);
            words!(
                lang,
                zh = "自{since}起中止，恢复之前没有到期日",
                en = "since {since}; no due date until it resumes",
            )
        });
        facts.extend([
            (lang.pick("内部目标", "Internal target"), internal.to_owned()),
            (lang.pick("清单", "List"), obligation.list.clone()),
            (lang.pick("属于", "Part of"), text(&obligation.part_of)),
            (lang.pick("规则", "Rule"), text(&obligation.rule)),
            (lang.pick("起算日", "Trigger"), obligation.trigger_day(lang)),
            (lang.pick("中止", "Suspended"), suspended.unwrap_or_default()),
            (lang.pick("来源", "Source"), obligation.source.clone()),
            (lang.pick("说明", "Instructions"), self.instructions.clone()),
            (lang.pick("备注", "Note"), self.note.clone()),
        ]);
        facts.extend(
            self.adjustments.iter().map(|it| (lang.pick("调整", "Adjusted"), it.line(lang))),
        );
        facts.extend(
            self.corrected
                .iter()
                .map(|it| (lang.pick("更正", "Corrected"), it.say(lang).to_owned())),
        );
        facts.extend(self.follow_ups(lang));
        facts.extend(obligation.quota.iter().map(|line| {
            let (unit, progress) = (&line.unit, line.progress(lang));
            (
                lang.pick("次数", "Quota"),
                words!(lang, zh = "{unit}：{progress}", en = "{unit}: {progress}"),
            )
        }));
        facts
    }

    fn follow_ups(&self, lang: Lang) -> Vec<(&'static str, String)> {
        let obligation = &self.obligation;
        let named = obligation.then.iter();
        let unforecast =
            named.filter(|it| !obligation.follows.iter().any(|next| next.what == **it));
        let unforecast = unforecast.map(|it| (lang.pick("接续", "Follow-up"), it.clone()));
        let follows = obligation.follows.iter().map(|next| {
            let (what, due) = (&next.what, next.due_day(lang));
            let text = words!(
                lang,
                zh = "{what}：若如期办结，预计{due}到期",
                en = "{what}: due {due} if this is completed on time",
            );
            (lang.pick("接续", "Follow-up"), text)
        });
        let waits_for = obligation.waits_for.iter().map(|before| {
            let (what, due) = (&before.what, before.due_day(lang));
            let text = words!(
                lang,
                zh = "{what}如期办结的，{due}到期",
                en = "{what}: this is due {due} if that is completed on time",
            );
            (lang.pick("等待", "Waits for"), text)
        });
        unforecast.chain(follows).chain(waits_for).collect()
    }
}

impl Row for ShareView {
    const KEYS: &'static [&'static str] = &[
        "unit",
        "state",
        "acknowledged_at",
        "reported_at",
        "done_on",
        "late",
        "evidence",
        "closed_at",
    ];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::text("承办单位", "Share of", |it, _| it.unit.clone()),
            Column::whole("状态", "State", |it, lang| it.state.say(lang).to_owned()),
            Column::<Self>::whole("签收", "Acknowledged", |it, _| {
                day_of(it.acknowledged_at.as_ref())
            })
            .droppable(4),
            Column::<Self>::whole("报结", "Reported", |it, _| day_of(it.reported_at.as_ref()))
                .droppable(3),
            Column::whole("办结日期", "Done on", Self::done_on),
            Column::<Self>::whole("销号", "Closed", |it, _| day_of(it.closed_at.as_ref()))
                .droppable(2),
            Column::<Self>::text("办结依据", "Evidence", |it, _| {
                it.evidence.clone().unwrap_or_default()
            })
            .droppable(1),
        ]
    }
}

impl ShareView {
    /// A late completion stays on record after closing; an internal target is never called late.
    fn of(share: &ShareRecord, obligation: &Obligation, directory: &Directory) -> Self {
        let deadline = obligation.deadline.as_ref().filter(|_| !obligation.inputs.internal);
        let late = deadline.zip(share.done_on).is_some_and(|(deadline, on)| was_late(deadline, on));
        Self {
            unit: name_on(
                directory,
                share.unit,
                share.closed.or(share.reported).map(Moment::today),
            ),
            state: share.state,
            acknowledged_at: share.acknowledged.map(second),
            reported_at: share.reported.map(second),
            done_on: share.done_on,
            late,
            evidence: share.evidence.clone(),
            closed_at: share.closed.map(second),
        }
    }

    fn done_on(&self, lang: Lang) -> String {
        let late = if self.late { lang.pick("（逾期）", " (late)") } else { "" };
        self.done_on.map_or_else(String::new, |on| format!("{on}{late}"))
    }
}

/// The day of a moment as text.
fn day_of(moment: Option<&String>) -> String {
    moment.and_then(|moment| moment.split(' ').next()).unwrap_or_default().to_owned()
}

impl AdjustmentView {
    fn of(adjustment: &Adjustment) -> Self {
        let Adjustment { on, change, ground, reason } = adjustment;
        let by = match change {
            Change::Extend(by) => Some(by.to_string()),
            Change::Suspend | Change::Resume | Change::Restart => None,
        };
        Self {
            on: *on,
            adjustment: change.word(),
            by,
            ground: ground.clone(),
            reason: reason.clone(),
            value: adjustment.clone(),
        }
    }

    fn line(&self, lang: Lang) -> String {
        format!("{} {}", with_weekday(self.on, lang), adjusted(&self.value, lang))
    }
}

impl Row for MailedView {
    const KEYS: &'static [&'static str] = &[
        "message",
        "day",
        "contact",
        "recipient",
        "owed_by",
        "role",
        "tone",
        "rung",
        "repeat",
        "state",
        "accepted_at",
    ];

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::number("邮件", "Mail", |it, _| it.message.to_string()),
            Column::whole("日期", "Day", |it, _| it.day.to_string()),
            Column::text("联系人", "Contact", |it, _| it.contact.clone()),
            Column::<Self>::whole("邮箱", "Address", |it, _| it.recipient.clone()).droppable(3),
            Column::<Self>::text("责任单位", "Owed by", |it, _| it.owed_by.clone()).droppable(2),
            Column::<Self>::whole("身份", "As", |it, lang| it.role.say(lang).to_owned())
                .droppable(1),
            Column::whole("督办环节", "Step", |it, lang| step(&it.occasion, it.tone, lang)),
            Column::whole("状态", "State", |it, lang| it.state.say(lang).to_owned()),
        ]
    }
}

impl MailedView {
    fn of(reminder: &MailedReminder, directory: &Directory) -> Self {
        Self {
            message: reminder.message.0,
            day: reminder.day,
            contact: reminder.contact.clone(),
            recipient: reminder.recipient.clone(),
            owed_by: name(directory, reminder.owed_by),
            role: reminder.role,
            tone: reminder.tone,
            rung: reminder.occasion.name().to_owned(),
            repeat: reminder.occasion.number(),
            occasion: reminder.occasion.clone(),
            state: reminder.message_state,
            accepted_at: reminder.accepted.map(second),
        }
    }
}
