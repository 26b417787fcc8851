//! Delivery through one SMTP relay, over a pool of connections with one message at a time on each.
//!
//! Must not know: when to try again, what a refusal means for the recipient.
//! Callers: config, wiring.

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

/// An idle connection is closed after this time; relays close theirs after some minutes.
const LONGEST_IDLE: Duration = Duration::from_secs(20);

/// Hands messages to the relay named in its settings.
///
/// A connection is reused only after a message whose every reply was read and understood; a cancelled delivery drops its
/// connection, so that no reply can be taken for that of another message.
pub struct SmtpMailer {
    settings: SmtpSettings,
    protection: Protection,
    idle: Mutex<Vec<Idle>>,
}

/// A connection that can take the next message.
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
    /// A [`StageFault`] with the stage that did not succeed.
    pub async fn check_connection(&self) -> Result<Capabilities, StageFault> {
        let session = Session::open(&self.settings, &self.protection).await?;
        let capabilities = session.capabilities().clone();
        session.quit().await;
        Ok(capabilities)
    }

    /// Sends QUIT on the idle connections; the replies do not matter.
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
        idle.retain(|it| it.since.elapsed() < LONGEST_IDLE);
        idle.pop().map(|it| it.session)
    }

    async fn keep_or_quit(&self, session: Session) {
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
            self.keep_or_quit(session).await;
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
