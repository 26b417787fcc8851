//! The daily mail to the operator (heartbeat): message counts, and what needs a person.
//!
//! Must not know: when it is called, MIME, SQL. Callers: `daemon`.

use super::findings::{Finding, findings};
use super::remind::ReminderService;
use crate::domain::address::Address;
use crate::domain::delivery::{MessageState, expires_at};
use crate::domain::ledger_identity::LedgerIdentity;
use crate::domain::moment::Moment;
use crate::domain::reminder::Haste;
use crate::mail::compose::{self, ComposeFault, MessageHeader, OperatorContent, Recipient};
use crate::mail::one_line::OneLine;
use crate::storage::journal::short_hash;
use crate::storage::outbox::{MessageKind, SealedMessage};
use crate::storage::{StorageError, Store};
use crate::words::{Lang, Say};

/// More findings than this are counted, not listed.
const MOST_FINDINGS: usize = 20;

/// Why the heartbeat was not written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum HeartbeatError {
    /// A template of the office fails.
    Compose(#[from] ComposeFault),
    Storage(#[from] StorageError),
}

impl Say for HeartbeatError {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Compose(fault) => fault.say(lang),
            Self::Storage(error) => error.say(lang),
        }
    }
}

/// Seals the heartbeat of the day for each operator, if there is one and the day is a working day; once a day, however often
/// it is called. The next delivery sends it. While all mail is held none is written: a missing heartbeat is the alarm.
///
/// # Errors
///
/// [`HeartbeatError`].
pub async fn heartbeat(service: &ReminderService, now: Moment) -> Result<(), HeartbeatError> {
    let store = service.store.as_ref();
    if service.operators.is_empty()
        || !service.law.calendar.is_working_day(now.today())
        || !service.guard.holds(store).await?.is_empty()
    {
        return Ok(());
    }
    store.check_pages_once_a_day(now).await?;
    let figures = figures(store).await?;
    let newest = store.newest_line().await?;
    let findings = findings(service.context(now), &service.guard, &service.finding_terms).await?;
    let ledger = store.ledger_identity().await?;
    let mut messages = Vec::with_capacity(service.operators.len());
    for operator in &service.operators {
        let header = header(service, &ledger, operator, now);
        let content = content(header, &figures, newest.as_ref(), &findings);
        messages.push(message(service, operator, content, now)?);
    }
    store.seal(&messages).await?;
    Ok(())
}

fn message(
    service: &ReminderService,
    operator: &Address,
    content: OperatorContent,
    now: Moment,
) -> Result<SealedMessage, ComposeFault> {
    let composed = compose::compose_for_operator(&content, &service.compose_settings.templates)?;
    Ok(SealedMessage {
        message_id: content.header.message_id,
        kind: MessageKind::Operator,
        sender: service.compose_settings.office.address.clone(),
        recipient: operator.clone(),
        subject: composed.subject,
        bytes: composed.bytes,
        day: now.today(),
        urgency: 0,
        haste: Haste::Beside,
        sealed: now,
        not_before: now,
        expires: expires_at(now, &service.law.calendar),
        held: None,
    })
}

/// Counts of messages: Chinese name, count.
///
/// # Errors
///
/// [`StorageError`].
pub async fn figures(store: &dyn Store) -> Result<Vec<(&'static str, u64)>, StorageError> {
    let counts = store.messages_by_state().await?;
    let sum = |states: &[MessageState]| states.iter().filter_map(|state| counts.get(state)).sum();
    Ok(vec![
        ("待发", sum(&[MessageState::Ready, MessageState::Leased])),
        ("待重试", sum(&[MessageState::Deferred, MessageState::Unknown])),
        ("暂停发送", sum(&[MessageState::Held])),
        ("已送出", sum(&[MessageState::Accepted])),
        ("未送达", sum(&[MessageState::Dead, MessageState::Expired])),
    ])
}

fn header(
    service: &ReminderService,
    ledger: &LedgerIdentity,
    operator: &Address,
    now: Moment,
) -> MessageHeader {
    let office = &service.compose_settings.office;
    let key = format!("heartbeat/{}/{operator}", now.today());
    MessageHeader {
        office: office.clone(),
        recipient: Recipient {
            address: operator.clone(),
            name: OneLine::clean("督办系统管理员"),
            unit: office.name.clone(),
        },
        sent: now,
        message_id: compose::message_id(ledger, &[key], office.address.domain()),
        ledger: ledger.uid,
        references: Vec::new(),
    }
}

fn content(
    header: MessageHeader,
    figures: &[(&'static str, u64)],
    newest: Option<&(i64, String)>,
    findings: &[Finding],
) -> OperatorContent {
    let today = header.sent.today();
    let figure = |(name, count): &(&'static str, u64)| {
        (OneLine::clean(name), OneLine::clean(&count.to_string()))
    };
    let headline = match findings.len() {
        0 => format!("每日运行报告 {today} 一切正常"),
        count => format!("每日运行报告 {today} {count}项需处理"),
    };
    OperatorContent {
        header,
        headline: OneLine::clean(&headline),
        figures: figures.iter().map(figure).chain(newest.map(newest_line)).collect(),
        findings: shown(findings),
    }
}

/// The newest line of the journal, so that its end is on record outside the ledger too.
fn newest_line((seq, hash): &(i64, String)) -> (OneLine, OneLine) {
    (OneLine::clean("操作记录最新一条"), OneLine::clean(&format!("第{seq}条 {}", short_hash(hash))))
}

/// The findings as the mail shows them: the worst ones, and how many more there are.
fn shown(findings: &[Finding]) -> Vec<compose::Finding> {
    let lang = Lang::Zh;
    let finding = |title: &str, detail: &str, action: &str| compose::Finding {
        title: OneLine::clean(title),
        detail: OneLine::clean(detail),
        action: OneLine::clean(action),
    };
    let mut shown: Vec<compose::Finding> = findings
        .iter()
        .take(MOST_FINDINGS)
        .map(|it| finding(&it.title(lang), &it.detail(lang), &it.next_step(lang)))
        .collect();
    let more = findings.len().saturating_sub(MOST_FINDINGS);
    if more > 0 {
        shown.push(finding(&format!("另有{more}项需处理"), "", "duban status"));
    }
    shown
}
