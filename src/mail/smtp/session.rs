//! The SMTP conversation: which command follows which, and the reply each expects.
//!
//! Must not know: how bytes travel, what a refusal means for the message.

use data_encoding::BASE64;
use secrecy::ExposeSecret;

use crate::domain::delivery::{Fault, Outcome, Reply, Stage, Unfit};
use crate::mail::smtp::connection::Connection;
use crate::mail::smtp::message::{check_line_ends, dot_stuffed, xtext};
use crate::mail::smtp::reply::ReplyLines;
use crate::mail::smtp::settings::{Credentials, Deadlines, SmtpSettings};
use crate::mail::smtp::tls::Protection;
use crate::mail::{DotRecorder, OutgoingMessage};
use crate::words;
use crate::words::{Lang, Say};

/// The stage that did not succeed, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub struct StageFault {
    pub stage: Stage,
    pub fault: Fault,
}

impl Say for StageFault {
    fn say(&self, lang: Lang) -> String {
        let (stage, fault) = (self.stage.say(lang), self.fault.say(lang));
        words!(lang, zh = "{stage}阶段：{fault}", en = "{stage}: {fault}")
    }
}

/// What the relay announced after EHLO: keyword and parameters, both in upper case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(Vec<(String, String)>);

/// A connection on which messages can be handed over.
pub(super) struct Session {
    connection: Connection,
    capabilities: Capabilities,
    deadlines: Deadlines,
    delivered: u32,
    /// It is not certain which reply comes next, so the connection must not be reused.
    unreliable: bool,
}

/// The outcome of one message, and the session if it can be reused.
pub(super) struct SendResult {
    pub(super) outcome: Outcome,
    pub(super) session: Option<Session>,
}

/// One command of a transaction and the reply codes with which it goes on.
struct Command {
    stage: Stage,
    line: String,
    wanted: &'static [u16],
}

impl Capabilities {
    fn of(lines: &ReplyLines) -> Self {
        let split = |line: &String| {
            let line = line.to_ascii_uppercase();
            let (keyword, parameters) = line.split_once([' ', '=']).unwrap_or((&line, ""));
            (keyword.to_owned(), parameters.to_owned())
        };
        Self(lines.texts.iter().skip(1).map(split).collect())
    }

    /// True when the relay announced `keyword`, written in upper case.
    pub fn offers(&self, keyword: &str) -> bool {
        self.0.iter().any(|(offered, _)| offered == keyword)
    }

    /// The largest message the relay takes, in bytes; `None` when it does not say.
    pub fn largest_message(&self) -> Option<u64> {
        let (_, limit) = self.0.iter().find(|(keyword, _)| keyword == "SIZE")?;
        limit.parse().ok().filter(|limit| *limit > 0)
    }

    /// True when the relay announced the login `mechanism`, written in upper case.
    pub fn offers_login(&self, mechanism: &str) -> bool {
        self.0
            .iter()
            .filter(|(keyword, _)| keyword == "AUTH")
            .any(|(_, mechanisms)| mechanisms.split(' ').any(|offered| offered == mechanism))
    }
}

impl Session {
    /// Connects, encrypts, greets and logs in.
    pub(super) async fn open(
        settings: &SmtpSettings,
        protection: &Protection,
    ) -> Result<Self, StageFault> {
        let deadlines = settings.deadlines;
        let host = settings.host.as_str();
        let mut connection = Connection::open(host, settings.port, deadlines.connect)
            .await
            .map_err(failed_at(Stage::Connect))?;
        if let Protection::Implicit(trust) = protection {
            connection = connection
                .encrypt(trust, host, deadlines.tls)
                .await
                .map_err(failed_at(Stage::Tls))?;
        }
        expect_code(connection.read_reply(deadlines.command).await, &[220])
            .map_err(failed_at(Stage::Greeting))?;
        let mut capabilities = ehlo(&mut connection, settings).await?;
        if let Protection::StartTls(trust) = protection {
            if !capabilities.offers("STARTTLS") {
                return Err(failed_at(Stage::Tls)(Fault::NotOffered("STARTTLS")));
            }
            expect_code(connection.command("STARTTLS\r\n", deadlines.command).await, &[220])
                .map_err(failed_at(Stage::Tls))?;
            connection = connection
                .encrypt(trust, host, deadlines.tls)
                .await
                .map_err(failed_at(Stage::Tls))?;
            capabilities = ehlo(&mut connection, settings).await?;
        }
        if let Some(credentials) = &settings.credentials {
            log_in(&mut connection, &capabilities, credentials, deadlines)
                .await
                .map_err(failed_at(Stage::Login))?;
        }
        Ok(Self { connection, capabilities, deadlines, delivered: 0, unreliable: false })
    }

    pub(super) fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// How many messages went over this connection.
    pub(super) fn delivered(&self) -> u32 {
        self.delivered
    }

    pub(super) async fn hand_over(
        mut self,
        message: &OutgoingMessage<'_>,
        recorder: &dyn DotRecorder,
    ) -> SendResult {
        let outcome = match self.run_transaction(message, recorder).await {
            Ok(outcome) => outcome,
            Err(StageFault { stage, fault }) => Outcome::Failed { stage, fault },
        };
        self.delivered += 1;
        let usable = self.is_reusable_after(&outcome).await;
        SendResult { outcome, session: usable.then_some(self) }
    }

    /// Sends QUIT; the reply does not matter.
    pub(super) async fn quit(mut self) {
        if self.connection.write(b"QUIT\r\n", self.deadlines.connect).await.is_err() {
            tracing::debug!("relay was gone before QUIT");
        }
    }

    async fn run_transaction(
        &mut self,
        message: &OutgoingMessage<'_>,
        recorder: &dyn DotRecorder,
    ) -> Result<Outcome, StageFault> {
        check_fit(message.bytes, &self.capabilities).map_err(failed_at(Stage::Sender))?;
        self.refuse_early_reply(Stage::Sender).await?;
        let commands = commands_for(message, &self.capabilities);
        if self.capabilities.offers("PIPELINING") {
            self.send_pipelined(&commands).await?;
        } else {
            self.send_one_by_one(&commands).await?;
        }
        self.refuse_early_reply(Stage::Data).await?;
        let text = dot_stuffed(message.bytes);
        if let Err(fault) = self.connection.write(&text, self.deadlines.text).await {
            self.unreliable = true;
            return Err(failed_at(Stage::Data)(fault));
        }
        self.refuse_early_reply(Stage::Data).await?;
        if recorder.record_imminent_dot().await.is_err() {
            self.unreliable = true;
            return Ok(Outcome::Withheld);
        }
        self.refuse_early_reply(Stage::Data).await?;
        Ok(self.send_dot().await)
    }

    async fn send_one_by_one(&mut self, commands: &[Command]) -> Result<(), StageFault> {
        for command in commands {
            self.refuse_early_reply(command.stage).await?;
            if let Err(fault) =
                self.connection.write(command.line.as_bytes(), self.deadlines.text).await
            {
                self.unreliable = true;
                return Err(failed_at(command.stage)(fault));
            }
            self.read_reply_to(command).await?;
        }
        Ok(())
    }

    /// RFC 2920: sends all commands in one write, then reads all replies in order.
    async fn send_pipelined(&mut self, commands: &[Command]) -> Result<(), StageFault> {
        let lines = commands.iter().map(|command| command.line.as_str()).collect::<String>();
        if let Err(fault) = self.connection.write(lines.as_bytes(), self.deadlines.text).await {
            self.unreliable = true;
            return Err(failed_at(Stage::Sender)(fault));
        }
        let mut result = Ok(());
        for command in commands {
            let reply = self.read_reply_to(command).await;
            if result.is_ok() {
                result = reply;
            } else if reply.is_ok() && command.stage == Stage::Data {
                self.unreliable = true; // the relay expects a text although it refused the recipient
            }
            if self.unreliable {
                break;
            }
        }
        result
    }

    async fn read_reply_to(&mut self, command: &Command) -> Result<(), StageFault> {
        let deadline =
            if command.stage == Stage::Data { self.deadlines.data } else { self.deadlines.command };
        let reply = expect_code(self.connection.read_reply(deadline).await, command.wanted);
        reply.map(drop).map_err(|fault| {
            self.unreliable |= !is_refusal_on_open_connection(&fault);
            failed_at(command.stage)(fault)
        })
    }

    /// A reply that is there before its question answers something else. A refusal is taken at its word, an acceptance never.
    async fn refuse_early_reply(&mut self, stage: Stage) -> Result<(), StageFault> {
        if !self.connection.has_early_bytes().await {
            return Ok(());
        }
        self.unreliable = true;
        let reply = self.connection.read_reply(self.deadlines.command).await;
        expect_code(reply, &[]).map(drop).map_err(failed_at(stage))
    }

    async fn send_dot(&mut self) -> Outcome {
        match expect_code(self.connection.command(".\r\n", self.deadlines.dot).await, &[250]) {
            Ok(lines) => Outcome::Accepted { reply: lines.into() },
            Err(fault) => {
                self.unreliable |= !is_refusal_on_open_connection(&fault);
                if matches!(fault, Fault::Refused(_)) {
                    Outcome::Failed { stage: Stage::Dot, fault }
                } else {
                    Outcome::Unknown { fault }
                }
            }
        }
    }

    /// After a refusal, RSET must clear the transaction, or the connection is not reused.
    async fn is_reusable_after(&mut self, outcome: &Outcome) -> bool {
        if self.unreliable || self.connection.has_unread() {
            return false;
        }
        match outcome {
            Outcome::Accepted { .. } | Outcome::Failed { fault: Fault::Unfit(_), .. } => true,
            Outcome::Failed { .. } => {
                let reply = self.connection.command("RSET\r\n", self.deadlines.command).await;
                expect_code(reply, &[250]).is_ok()
            }
            Outcome::Unknown { .. } | Outcome::Withheld => false,
        }
    }
}

async fn ehlo(
    connection: &mut Connection,
    settings: &SmtpSettings,
) -> Result<Capabilities, StageFault> {
    let command = format!("EHLO {}\r\n", settings.hello);
    let reply = connection.command(&command, settings.deadlines.command).await;
    expect_code(reply, &[250])
        .map(|lines| Capabilities::of(&lines))
        .map_err(failed_at(Stage::Hello))
}

/// PLAIN (RFC 4616) where it is offered, else LOGIN, which some Chinese providers offer alone.
async fn log_in(
    connection: &mut Connection,
    capabilities: &Capabilities,
    credentials: &Credentials,
    deadlines: Deadlines,
) -> Result<(), Fault> {
    let user = credentials.user.as_str();
    let password = credentials.password.expose_secret();
    let encoded = |text: &str| format!("{}\r\n", BASE64.encode(text.as_bytes()));
    let steps = if capabilities.offers_login("PLAIN") {
        vec![(format!("AUTH PLAIN {}", encoded(&format!("\0{user}\0{password}"))), 235)]
    } else if capabilities.offers_login("LOGIN") {
        vec![("AUTH LOGIN\r\n".to_owned(), 334), (encoded(user), 334), (encoded(password), 235)]
    } else {
        return Err(Fault::NotOffered("AUTH PLAIN or LOGIN"));
    };
    for (line, wanted) in steps {
        expect_code(connection.command(&line, deadlines.command).await, &[wanted])?;
    }
    Ok(())
}

fn check_fit(raw: &[u8], capabilities: &Capabilities) -> Result<(), Fault> {
    check_line_ends(raw).map_err(Fault::Unfit)?;
    if !raw.is_ascii() && !capabilities.offers("8BITMIME") {
        return Err(Fault::Unfit(Unfit::EightBit));
    }
    match capabilities.largest_message() {
        Some(limit) if size_of(raw) > limit => Err(Fault::Unfit(Unfit::TooLarge { limit })),
        _ => Ok(()),
    }
}

fn size_of(raw: &[u8]) -> u64 {
    u64::try_from(raw.len()).unwrap_or(u64::MAX)
}

fn commands_for(message: &OutgoingMessage<'_>, capabilities: &Capabilities) -> [Command; 3] {
    let if_offered =
        |offered: bool, parameter: String| if offered { parameter } else { String::new() };
    let is_8bit = !message.bytes.is_ascii();
    let (size, dsn) = (capabilities.offers("SIZE"), capabilities.offers("DSN"));
    let envelope = xtext(message.message_id.trim_matches(['<', '>']));
    let original = xtext(message.recipient.as_str());
    let mail = [
        format!("MAIL FROM:<{}>", message.sender),
        if_offered(size, format!(" SIZE={}", message.bytes.len())),
        if_offered(is_8bit, " BODY=8BITMIME".to_owned()),
        if_offered(dsn, format!(" RET=HDRS ENVID={envelope}")),
    ];
    let rcpt = [
        format!("RCPT TO:<{}>", message.recipient),
        if_offered(dsn, format!(" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{original}")),
    ];
    [
        Command { stage: Stage::Sender, line: mail.concat() + "\r\n", wanted: &[250] },
        // 251: the relay forwards (RFC 5321 §4.3.2) and is responsible for the message
        Command { stage: Stage::Recipient, line: rcpt.concat() + "\r\n", wanted: &[250, 251] },
        Command { stage: Stage::Data, line: "DATA\r\n".to_owned(), wanted: &[354] },
    ]
}

/// Returns a reply with a wanted code; any other is a refusal or unexpected, whatever its first digit.
fn expect_code(reply: Result<ReplyLines, Fault>, wanted: &[u16]) -> Result<ReplyLines, Fault> {
    let lines = reply?;
    if wanted.contains(&lines.code) {
        return Ok(lines);
    }
    let reply = Reply::from(lines);
    if reply.is_temporary() || reply.is_permanent() {
        Err(Fault::Refused(reply))
    } else {
        Err(Fault::UnexpectedReply(reply))
    }
}

/// A refusal after which the connection stays open; 421 announces that the relay closes it.
fn is_refusal_on_open_connection(fault: &Fault) -> bool {
    matches!(fault, Fault::Refused(reply) if reply.code != 421)
}

fn failed_at(stage: Stage) -> impl Fn(Fault) -> StageFault {
    move |fault| StageFault { stage, fault }
}
