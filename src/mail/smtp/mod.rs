//! Delivery through one SMTP relay: keeps a few connections at hand, one message at a time on each.
//!
//! Must not know: when to try again, what a refusal means for the recipient.

mod connection;
mod message;
mod reply;
mod session;
mod settings;
mod stream;
mod tls;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

pub use session::{Capabilities, StageFault};
pub use settings::{Credentials, Deadlines, Encryption, SmtpSettings};
pub use tls::{CaFileProblem, TrustFault};

use crate::domain::delivery::{Fault, Outcome, Stage};
use crate::mail::{DotRecorder, Mailer, OutgoingMessage};
use session::{SendResult, Session};
use tls::Protection;

/// Relays close idle connections after some minutes; ours go sooner.
const LONGEST_IDLE: Duration = Duration::from_secs(20);

/// Hands messages to the relay named in its settings.
///
/// A connection is kept only after a message whose every answer was read and understood; a delivery dropped
/// half-way drops its connection with it, so no answer can be taken for that of another message.
pub struct SmtpMailer {
    settings: SmtpSettings,
    protection: Protection,
    idle: Mutex<Vec<Idle>>,
}

/// A connection waiting for its next message.
struct Idle {
    session: Session,
    since: Instant,
}

impl SmtpMailer {
    /// Prepares delivery; no connection is made yet.
    ///
    /// # Errors
    ///
    /// A [`TrustFault`] when the certificates to trust cannot be read.
    pub fn prepare(settings: SmtpSettings) -> Result<Self, TrustFault> {
        let protection = Protection::prepare(&settings)?;
        Ok(Self { settings, protection, idle: Mutex::new(Vec::new()) })
    }

    /// Connects, encrypts and logs in without sending anything; returns what the relay announced.
    ///
    /// # Errors
    ///
    /// The [`StageFault`] says at which stage the relay and we parted.
    pub async fn check_connection(&self) -> Result<Capabilities, StageFault> {
        let session = Session::open(&self.settings, &self.protection).await?;
        let capabilities = session.capabilities().clone();
        session.quit().await;
        Ok(capabilities)
    }

    /// Says goodbye on the connections at hand; what the relay answers does not matter.
    pub async fn close(&self) {
        let idle = std::mem::take(&mut *self.lock_idle());
        for Idle { session, .. } in idle {
            session.quit().await;
        }
    }

    fn lock_idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_idle(&self) -> Option<Session> {
        let mut idle = self.lock_idle();
        idle.retain(|waiting| waiting.since.elapsed() < LONGEST_IDLE);
        idle.pop().map(|waiting| waiting.session)
    }

    async fn keep(&self, session: Session) {
        if session.delivered() < self.settings.messages_per_connection.get() {
            self.lock_idle().push(Idle { session, since: Instant::now() });
        } else {
            session.quit().await;
        }
    }

    async fn deliver_on(
        &self,
        session: Session,
        message: &OutgoingMessage<'_>,
        recorder: &dyn DotRecorder,
    ) -> Outcome {
        let SendResult { outcome, session } = session.hand_over(message, recorder).await;
        if let Some(session) = session {
            self.keep(session).await;
        }
        outcome
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn deliver(&self, message: &OutgoingMessage<'_>, recorder: &dyn DotRecorder) -> Outcome {
        if let Some(session) = self.take_idle() {
            let outcome = self.deliver_on(session, message, recorder).await;
            if !went_stale(&outcome) {
                return outcome;
            }
        }
        match Session::open(&self.settings, &self.protection).await {
            Ok(session) => self.deliver_on(session, message, recorder).await,
            Err(StageFault { stage, fault }) => Outcome::Failed { stage, fault },
        }
    }
}

/// True when a kept connection turned out to have been closed by the relay in the meantime.
fn went_stale(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Failed { stage: Stage::Sender, fault } => match fault {
            Fault::Broken { .. } => true,
            Fault::Refused(reply) => reply.code == 421,
            Fault::UnexpectedReply(_)
            | Fault::MalformedReply
            | Fault::TimedOut
            | Fault::Untrusted(_)
            | Fault::NotOffered(_)
            | Fault::Unfit(_) => false,
        },
        Outcome::Failed { .. }
        | Outcome::Accepted { .. }
        | Outcome::Unknown { .. }
        | Outcome::Withheld => false,
    }
}
