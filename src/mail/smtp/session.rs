//! The conversation with the relay: which stage follows which, and the one answer each of them wants.
//!
//! Must not know: how bytes travel, what a refusal means for the message.

use data_encoding::BASE64;
use secrecy::ExposeSecret;

use crate::domain::delivery::{Fault, Outcome, Reply, Stage, Unfit};
use crate::mail::smtp::link::Link;
use crate::mail::smtp::message::{check_line_ends, dot_stuffed, xtext};
use crate::mail::smtp::reply::Lines;
use crate::mail::smtp::settings::{Credentials, Deadlines, SmtpSettings};
use crate::mail::smtp::tls::Protection;
use crate::mail::{DotMark, Parcel};

/// Where a conversation ended and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {fault}", .stage.word())]
pub struct Stop {
    /// The stage that did not succeed.
    pub stage: Stage,
    /// Why.
    pub fault: Fault,
}

/// What the relay announced after EHLO: keyword and parameters, both in upper case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Abilities(Vec<(String, String)>);

/// A connection on which messages can be handed over.
pub(super) struct Session {
    link: Link,
    abilities: Abilities,
    deadlines: Deadlines,
    delivered: u32,
    /// Something was said that leaves open what comes next.
    in_doubt: bool,
}

/// The end of one message; the session comes back only when there is no doubt about it.
pub(super) struct Handover {
    pub(super) outcome: Outcome,
    pub(super) session: Option<Session>,
}

/// One command of a transaction and the answers that let it go on.
struct Command {
    stage: Stage,
    line: String,
    wanted: &'static [u16],
}

impl Abilities {
    fn of(lines: &Lines) -> Self {
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
    pub fn logs_in_by(&self, mechanism: &str) -> bool {
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
    ) -> Result<Self, Stop> {
        let deadlines = settings.deadlines;
        let host = settings.host.as_str();
        let mut link =
            Link::open(host, settings.port, deadlines.connect).await.map_err(at(Stage::Connect))?;
        if let Protection::Implicit(trust) = protection {
            link = link.encrypt(trust, host, deadlines.tls).await.map_err(at(Stage::Tls))?;
        }
        judged(link.hear(deadlines.command).await, &[220]).map_err(at(Stage::Greeting))?;
        let mut abilities = say_hello(&mut link, settings).await?;
        if let Protection::StartTls(trust) = protection {
            if !abilities.offers("STARTTLS") {
                return Err(at(Stage::Tls)(Fault::NotOffered("STARTTLS")));
            }
            judged(link.ask("STARTTLS\r\n", deadlines.command).await, &[220])
                .map_err(at(Stage::Tls))?;
            link = link.encrypt(trust, host, deadlines.tls).await.map_err(at(Stage::Tls))?;
            abilities = say_hello(&mut link, settings).await?;
        }
        if let Some(credentials) = &settings.credentials {
            log_in(&mut link, &abilities, credentials, deadlines)
                .await
                .map_err(at(Stage::Login))?;
        }
        Ok(Self { link, abilities, deadlines, delivered: 0, in_doubt: false })
    }

    /// What the relay announced.
    pub(super) fn abilities(&self) -> &Abilities {
        &self.abilities
    }

    /// How many messages went over this connection.
    pub(super) fn delivered(&self) -> u32 {
        self.delivered
    }

    /// Hands one message over.
    pub(super) async fn hand_over(mut self, parcel: &Parcel<'_>, mark: &dyn DotMark) -> Handover {
        let outcome = match self.transact(parcel, mark).await {
            Ok(outcome) => outcome,
            Err(Stop { stage, fault }) => Outcome::Failed { stage, fault },
        };
        self.delivered += 1;
        let usable = self.is_usable_after(&outcome).await;
        Handover { outcome, session: usable.then_some(self) }
    }

    /// Says goodbye; the answer does not matter.
    pub(super) async fn quit(mut self) {
        if self.link.tell(b"QUIT\r\n", self.deadlines.connect).await.is_err() {
            tracing::debug!("relay was gone before QUIT");
        }
    }

    async fn transact(&mut self, parcel: &Parcel<'_>, mark: &dyn DotMark) -> Result<Outcome, Stop> {
        check_fit(parcel.raw, &self.abilities).map_err(at(Stage::Sender))?;
        let commands = commands_for(parcel, &self.abilities);
        if self.abilities.offers("PIPELINING") {
            self.say_at_once(&commands).await?;
        } else {
            self.say_in_turn(&commands).await?;
        }
        let text = dot_stuffed(parcel.raw);
        if let Err(fault) = self.link.tell(&text, self.deadlines.text).await {
            self.in_doubt = true;
            return Err(at(Stage::Data)(fault));
        }
        if mark.about_to_dot().await.is_err() {
            self.in_doubt = true;
            return Ok(Outcome::Withheld);
        }
        Ok(self.send_dot().await)
    }

    async fn say_in_turn(&mut self, commands: &[Command]) -> Result<(), Stop> {
        for command in commands {
            if let Err(fault) = self.link.tell(command.line.as_bytes(), self.deadlines.text).await {
                self.in_doubt = true;
                return Err(at(command.stage)(fault));
            }
            self.hear_answer_to(command).await?;
        }
        Ok(())
    }

    /// RFC 2920: all commands in one write, then all answers in order.
    async fn say_at_once(&mut self, commands: &[Command]) -> Result<(), Stop> {
        let lines = commands.iter().map(|command| command.line.as_str()).collect::<String>();
        if let Err(fault) = self.link.tell(lines.as_bytes(), self.deadlines.text).await {
            self.in_doubt = true;
            return Err(at(Stage::Sender)(fault));
        }
        let mut verdict = Ok(());
        for command in commands {
            let answer = self.hear_answer_to(command).await;
            if verdict.is_ok() {
                verdict = answer;
            } else if answer.is_ok() && command.stage == Stage::Data {
                self.in_doubt = true; // it waits for a text although it refused the recipient
            }
            if self.in_doubt {
                break;
            }
        }
        verdict
    }

    async fn hear_answer_to(&mut self, command: &Command) -> Result<(), Stop> {
        let deadline =
            if command.stage == Stage::Data { self.deadlines.data } else { self.deadlines.command };
        let answer = judged(self.link.hear(deadline).await, command.wanted);
        answer.map(drop).map_err(|fault| {
            self.in_doubt |= !is_plain_refusal(&fault);
            at(command.stage)(fault)
        })
    }

    async fn send_dot(&mut self) -> Outcome {
        match judged(self.link.ask(".\r\n", self.deadlines.dot).await, &[250]) {
            Ok(lines) => Outcome::Accepted { reply: lines.into() },
            Err(fault) => {
                self.in_doubt |= !is_plain_refusal(&fault);
                if matches!(fault, Fault::Refused(_)) {
                    Outcome::Failed { stage: Stage::Dot, fault }
                } else {
                    Outcome::Unknown { fault }
                }
            }
        }
    }

    /// After a refusal the relay is asked to forget the transaction; without its word for it the link goes.
    async fn is_usable_after(&mut self, outcome: &Outcome) -> bool {
        if self.in_doubt || self.link.has_unread() {
            return false;
        }
        match outcome {
            Outcome::Accepted { .. } | Outcome::Failed { fault: Fault::Unfit(_), .. } => true,
            Outcome::Failed { .. } => {
                let answer = self.link.ask("RSET\r\n", self.deadlines.command).await;
                judged(answer, &[250]).is_ok()
            }
            Outcome::Unknown { .. } | Outcome::Withheld => false,
        }
    }
}

async fn say_hello(link: &mut Link, settings: &SmtpSettings) -> Result<Abilities, Stop> {
    let command = format!("EHLO {}\r\n", settings.hello);
    let answer = link.ask(&command, settings.deadlines.command).await;
    judged(answer, &[250]).map(|lines| Abilities::of(&lines)).map_err(at(Stage::Hello))
}

/// PLAIN (RFC 4616) where it is offered, else LOGIN, which some Chinese providers offer alone.
async fn log_in(
    link: &mut Link,
    abilities: &Abilities,
    credentials: &Credentials,
    deadlines: Deadlines,
) -> Result<(), Fault> {
    let user = credentials.user.as_str();
    let password = credentials.password.expose_secret();
    let encoded = |text: &str| format!("{}\r\n", BASE64.encode(text.as_bytes()));
    let steps = if abilities.logs_in_by("PLAIN") {
        vec![(format!("AUTH PLAIN {}", encoded(&format!("\0{user}\0{password}"))), 235)]
    } else if abilities.logs_in_by("LOGIN") {
        vec![("AUTH LOGIN\r\n".to_owned(), 334), (encoded(user), 334), (encoded(password), 235)]
    } else {
        return Err(Fault::NotOffered("AUTH PLAIN or LOGIN"));
    };
    for (line, wanted) in steps {
        judged(link.ask(&line, deadlines.command).await, &[wanted])?;
    }
    Ok(())
}

fn check_fit(raw: &[u8], abilities: &Abilities) -> Result<(), Fault> {
    check_line_ends(raw).map_err(Fault::Unfit)?;
    if !raw.is_ascii() && !abilities.offers("8BITMIME") {
        return Err(Fault::Unfit(Unfit::EightBit));
    }
    match abilities.largest_message() {
        Some(limit) if size_of(raw) > limit => Err(Fault::Unfit(Unfit::TooLarge { limit })),
        _ => Ok(()),
    }
}

fn size_of(raw: &[u8]) -> u64 {
    u64::try_from(raw.len()).unwrap_or(u64::MAX)
}

fn commands_for(parcel: &Parcel<'_>, abilities: &Abilities) -> [Command; 3] {
    let when = |offered: bool, parameter: String| if offered { parameter } else { String::new() };
    let is_8bit = !parcel.raw.is_ascii();
    let (size, dsn) = (abilities.offers("SIZE"), abilities.offers("DSN"));
    let envelope = xtext(parcel.message_id.trim_matches(['<', '>']));
    let original = xtext(parcel.recipient.as_str());
    let mail = [
        format!("MAIL FROM:<{}>", parcel.sender),
        when(size, format!(" SIZE={}", parcel.raw.len())),
        when(is_8bit, " BODY=8BITMIME".to_owned()),
        when(dsn, format!(" RET=HDRS ENVID={envelope}")),
    ];
    let rcpt = [
        format!("RCPT TO:<{}>", parcel.recipient),
        when(dsn, format!(" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{original}")),
    ];
    [
        Command { stage: Stage::Sender, line: mail.concat() + "\r\n", wanted: &[250] },
        // 251: the relay forwards (RFC 5321 §4.3.2); it answers for the message all the same
        Command { stage: Stage::Recipient, line: rcpt.concat() + "\r\n", wanted: &[250, 251] },
        Command { stage: Stage::Data, line: "DATA\r\n".to_owned(), wanted: &[354] },
    ]
}

/// Lets only a wanted answer through; any other is a refusal or out of turn, whatever its first digit.
fn judged(answer: Result<Lines, Fault>, wanted: &[u16]) -> Result<Lines, Fault> {
    let lines = answer?;
    if wanted.contains(&lines.code) {
        return Ok(lines);
    }
    let reply = Reply::from(lines);
    if reply.is_temporary() || reply.is_permanent() {
        Err(Fault::Refused(reply))
    } else {
        Err(Fault::OutOfTurn(reply))
    }
}

/// A refusal after which the relay goes on listening; 421 announces that it does not.
fn is_plain_refusal(fault: &Fault) -> bool {
    matches!(fault, Fault::Refused(reply) if reply.code != 421)
}

fn at(stage: Stage) -> impl Fn(Fault) -> Stop {
    move |fault| Stop { stage, fault }
}
