//! What the SMTP mailer is told: where the relay is, how to talk to it, how long to wait.
//!
//! Must not know: where these values come from.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

/// Everything needed to reach one relay.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Name or IP address of the relay; the name its certificate must bear.
    pub host: String,
    /// TCP port: 465 with implicit TLS, 587 with STARTTLS, 25 on the same machine.
    pub port: u16,
    /// There is no fallback to less protection.
    pub encryption: Encryption,
    /// `None` for a relay that accepts us by our address.
    pub credentials: Option<Credentials>,
    /// Certificates trusted instead of the system's, in PEM.
    pub ca_file: Option<PathBuf>,
    /// The name given in EHLO: a domain, or an address in brackets.
    pub hello: String,
    /// A connection is closed after this many messages.
    pub messages_per_connection: NonZeroU32,
    pub deadlines: Deadlines,
}

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all: a relay on the same machine.
    None,
    /// Plain greeting, then STARTTLS, or nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Implicit,
}

/// A login. The password never shows in logs.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account, usually the sender's address.
    pub user: String,
    /// Its password or authorisation code (授权码).
    pub password: SecretString,
}

/// The longest time of each stage; a relay that sends a byte now and then does not extend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Name lookup and TCP, over all addresses of the relay.
    pub connect: Duration,
    /// TLS handshake.
    pub tls: Duration,
    /// Greeting, and each command up to DATA.
    pub command: Duration,
    /// DATA and its 354.
    pub data: Duration,
    /// Writing the message.
    pub text: Duration,
    /// From the final dot to its reply: relays may scan the message before they reply.
    pub dot: Duration,
}

/// The values of RFC 5321 §4.5.3.2, with a shorter wait for TCP.
impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            tls: Duration::from_mins(1),
            command: Duration::from_mins(5),
            data: Duration::from_mins(2),
            text: Duration::from_mins(3),
            dot: Duration::from_mins(10),
        }
    }
}

impl Deadlines {
    /// The longest a whole delivery can take, connection included.
    pub fn total(&self) -> Duration {
        const COMMANDS: u32 = 8; // greeting, EHLO twice, STARTTLS, two steps of AUTH, MAIL, RCPT
        self.connect + self.tls + self.command * COMMANDS + self.data + self.text + self.dot
    }
}
