//! The daily sign of life to the operator, and the figures in it.
//!
//! Must not know: when it is called, MIME, SQL.

use jiff::civil::Date;

use super::findings::findings;
use super::remind::ReminderService;
use crate::domain::address::Address;
use crate::domain::delivery::{MessageState, life_ends};
use crate::domain::moment::Moment;
use crate::mail::compose::{
    self, ComposeFault, Finding, MessageHeader, OperatorContent, Recipient,
};
use crate::mail::one_line::OneLine;
use crate::storage::outbox::{MessageKind, SealedMessage};
use crate::storage::{StorageError, Store};

/// Why the heartbeat was not written.
#[derive(Debug, thiserror::Error)]
pub enum HeartbeatError {
    /// The letter cannot be composed.
    #[error(transparent)]
    Compose(#[from] ComposeFault),
    /// The ledger failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Seals the heartbeat of the day for the operator, with all that needs a person, if there is an operator and the day is
/// a working day; once a day, however often it is called. The next delivery sends it. While all mail is held there is
/// none: its silence is the alarm.
///
/// # Errors
///
/// [`HeartbeatError::Compose`] when a template of the office fails, [`HeartbeatError::Storage`] when the ledger does.
pub async fn heartbeat(service: &ReminderService, now: Moment) -> Result<(), HeartbeatError> {
    let Some(operator) = &service.operator else { return Ok(()) };
    if !service.law.calendar.is_working_day(now.today()) {
        return Ok(());
    }
    if !service.guard.holds(service.store.as_ref()).await?.is_empty() {
        return Ok(());
    }
    let figures = figures(service.store.as_ref()).await?;
    let findings = findings(service, now).await?;
    let letter = letter(service, operator, (&figures, findings), now);
    let composed = compose::compose_for_operator(&letter, &service.compose_settings.templates)?;
    let message = SealedMessage {
        message_id: letter.header.message_id,
        kind: MessageKind::Operator,
        sender: service.compose_settings.office.address.clone(),
        recipient: operator.clone(),
        subject: composed.subject,
        raw: composed.bytes,
        day: now.today(),
        urgency: 0,
        sealed: now,
        not_before: now,
        expires: life_ends(now, &service.law.calendar),
        held: None,
    };
    service.store.seal(&[message]).await?;
    Ok(())
}

/// Messages by what is to become of them: name in Chinese, count.
///
/// # Errors
///
/// What the ledger says.
pub async fn figures(store: &dyn Store) -> Result<Vec<(&'static str, u64)>, StorageError> {
    let counts = store.messages_by_state().await?;
    let sum = |states: &[MessageState]| states.iter().filter_map(|state| counts.get(state)).sum();
    Ok(vec![
        ("待发", sum(&[MessageState::Ready, MessageState::Leased])),
        ("待重试", sum(&[MessageState::Deferred, MessageState::Unknown])),
        ("挂起", sum(&[MessageState::Held])),
        ("已送出", sum(&[MessageState::Accepted])),
        ("未送达", sum(&[MessageState::Dead, MessageState::Expired])),
    ])
}

fn letter(
    service: &ReminderService,
    operator: &Address,
    (figures, findings): (&[(&'static str, u64)], Vec<Finding>),
    now: Moment,
) -> OperatorContent {
    let office = &service.compose_settings.office;
    let today = now.today();
    let header = MessageHeader {
        office: office.clone(),
        recipient: Recipient {
            address: operator.clone(),
            name: OneLine::clean("督办系统管理员"),
            unit: office.name.clone(),
        },
        sent: now,
        message_id: compose::message_id(&[format!("heartbeat/{today}")], office.address.domain()),
        references: Vec::new(),
    };
    let figure = |(name, count): &(&'static str, u64)| {
        (OneLine::clean(name), OneLine::clean(&count.to_string()))
    };
    OperatorContent {
        header,
        headline: OneLine::clean(&headline(findings.len(), today)),
        figures: figures.iter().map(figure).collect(),
        findings,
    }
}

/// The subject says already whether the mail must be read.
fn headline(findings: usize, today: Date) -> String {
    match findings {
        0 => format!("每日值守 {today} 一切正常"),
        count => format!("每日值守 {today} {count}项需处理"),
    }
}
