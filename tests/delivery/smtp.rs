//! The SMTP mailer against a relay that misbehaves.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use duban::domain::address::Address;
use duban::domain::delivery::{Fault, Outcome, Stage, Unfit};
use duban::mail::smtp::{Credentials, Deadlines, Encryption, SmtpMailer, SmtpSettings};
use duban::mail::{DotNotRecorded, DotRecorder, Mailer, OutgoingMessage};
use tokio::sync::Notify;

use crate::support::smtp_server::{Act, SmtpServer, Tls};

const RAW: &[u8] = b"Message-ID: <1@office.example>\r\nSubject: x\r\n\r\n.one\r\n..two\r\n";
const PLAIN: &[&str] = &["8BITMIME"];

/// Counts the marks; refuses them when told to.
#[derive(Default)]
struct Mark {
    made: AtomicU32,
    refuses: bool,
}

#[async_trait]
impl DotRecorder for Mark {
    async fn record_imminent_dot(&self) -> Result<(), DotNotRecorded> {
        self.made.fetch_add(1, Ordering::Relaxed);
        if self.refuses { Err(DotNotRecorded) } else { Ok(()) }
    }
}

fn settings(server: &SmtpServer) -> SmtpSettings {
    let short = Duration::from_millis(400);
    SmtpSettings {
        host: "localhost".to_owned(),
        port: server.port,
        encryption: Encryption::None,
        credentials: None,
        ca_file: None,
        hello: "office.example".to_owned(),
        messages_per_connection: NonZeroU32::new(10).unwrap(),
        deadlines: Deadlines {
            connect: short,
            tls: short,
            command: short,
            data: short,
            text: short,
            dot: short,
        },
    }
}

fn mailer(server: &SmtpServer) -> SmtpMailer {
    SmtpMailer::prepare(settings(server)).unwrap()
}

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/delivery/tls").join(name)
}

async fn send(mailer: &SmtpMailer) -> Outcome {
    send_marked(mailer, RAW, &Mark::default()).await
}

async fn send_marked(mailer: &SmtpMailer, raw: &[u8], mark: &Mark) -> Outcome {
    let sender = Address::parse("office@office.example").unwrap();
    let recipient = Address::parse("a@unit.example").unwrap();
    let parcel = OutgoingMessage {
        message_id: "<1@office.example>",
        sender: &sender,
        recipient: &recipient,
        bytes: raw,
    };
    mailer.deliver(&parcel, mark).await
}

fn failed_at(outcome: &Outcome) -> Stage {
    let Outcome::Failed { stage, .. } = outcome else { panic!("did not fail: {outcome:?}") };
    *stage
}

#[tokio::test]
async fn the_relay_gets_the_same_bytes() {
    for extensions in [PLAIN, &["PIPELINING", "SIZE 0", "DSN"]] {
        let server = SmtpServer::start_with(Tls::None, extensions).await;
        let outcome = send(&mailer(&server)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        let mail = server.mails().remove(0);
        assert_eq!(mail.body, RAW);
        assert_eq!(
            (mail.from.as_str(), mail.to.as_str()),
            ("office@office.example", "a@unit.example")
        );
    }
}

#[tokio::test]
async fn what_the_relay_announces_is_used_and_nothing_else() {
    let server = SmtpServer::start().await;
    send(&mailer(&server)).await;
    let said = server.said().join("\n");
    assert!(
        said.contains(
            "MAIL FROM:<office@office.example> SIZE=59 RET=HDRS ENVID=1@office.example\n\
         RCPT TO:<a@unit.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a@unit.example\nDATA"
        ),
        "{said}"
    );
    let bare = SmtpServer::start_with(Tls::None, &[]).await;
    send(&mailer(&bare)).await;
    assert!(bare.said().contains(&"MAIL FROM:<office@office.example>".to_owned()));
}

#[tokio::test]
async fn an_answer_that_comes_before_its_question_accepts_nothing() {
    for extensions in [PLAIN, &["PIPELINING"]] {
        for (verb, answers) in [
            ("CONNECT", "220 relay.example\r\n250 relay.example"),
            ("EHLO", "250 relay.example\r\n250 2.1.0 ok"),
            ("MAIL", "250 2.1.0 ok\r\n250 2.1.5 ok"),
            ("RCPT", "250 2.1.5 ok\r\n354 go"),
            ("DATA", "354 go\r\n250 2.0.0 queued"),
        ] {
            let server = SmtpServer::start_with(Tls::None, extensions).await;
            server.once(verb, Act::Reply(answers));
            let outcome = send(&mailer(&server)).await;
            assert!(!matches!(outcome, Outcome::Accepted { .. }), "{verb} {outcome:?}");
            assert!(server.mails().is_empty(), "{verb}");
        }
    }
}

#[tokio::test]
async fn a_refusal_that_comes_before_the_dot_is_taken_at_its_word() {
    let server = SmtpServer::start_with(Tls::None, PLAIN).await;
    server.once("DATA", Act::Reply("354 go\r\n552 5.3.4 too large"));
    let outcome = send(&mailer(&server)).await;
    let Outcome::Failed { stage: Stage::Data, fault: Fault::Refused(reply) } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(reply.code, 552);
}

#[tokio::test]
async fn a_refusal_names_its_stage() {
    for extensions in [PLAIN, &["PIPELINING"]] {
        for (verb, reply, stage) in [
            ("CONNECT", "554 no", Stage::Greeting),
            ("EHLO", "421 no", Stage::Hello),
            ("MAIL", "553 no", Stage::Sender),
            ("RCPT", "550 no", Stage::Recipient),
            ("DATA", "451 no", Stage::Data),
            ("DOT", "554 no", Stage::Dot),
        ] {
            let server = SmtpServer::start_with(Tls::None, extensions).await;
            server.once(verb, Act::Reply(reply));
            let outcome = send(&mailer(&server)).await;
            assert_eq!(failed_at(&outcome), stage, "{verb} {extensions:?}");
            assert!(server.mails().is_empty());
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_wanted_one_never_counts_as_success() {
    for (verb, reply) in [
        ("CONNECT", "250 hello"),
        ("EHLO", "220 hello"),
        ("MAIL", "354 go on"),
        ("RCPT", "200 fine"),
        ("DATA", "250 fine"),
    ] {
        let server = SmtpServer::start_with(Tls::None, PLAIN).await;
        server.once(verb, Act::Reply(reply));
        let outcome = send(&mailer(&server)).await;
        assert!(
            matches!(outcome, Outcome::Failed { fault: Fault::UnexpectedReply(_), .. }),
            "{verb}: {outcome:?}"
        );
    }
    let server = SmtpServer::start().await;
    server.once("DOT", Act::Reply("354 go on"));
    assert!(matches!(send(&mailer(&server)).await, Outcome::Unknown { .. }));
}

#[tokio::test]
async fn silence_and_dripping_bytes_end_at_the_deadline() {
    let drip = Act::Drip(Duration::from_millis(150));
    for act in [Act::Silence, drip] {
        for (verb, stage) in [
            ("CONNECT", Stage::Greeting),
            ("EHLO", Stage::Hello),
            ("MAIL", Stage::Sender),
            ("RCPT", Stage::Recipient),
            ("DATA", Stage::Data),
        ] {
            let server = SmtpServer::start_with(Tls::None, PLAIN).await;
            server.once(verb, act.clone());
            let outcome = send(&mailer(&server)).await;
            assert_eq!(outcome, Outcome::Failed { stage, fault: Fault::TimedOut }, "{verb}");
        }
    }
}

#[tokio::test]
async fn after_the_dot_no_answer_means_unknown() {
    for act in [Act::Silence, Act::Close, Act::KeepAndClose] {
        let server = SmtpServer::start().await;
        server.once("DOT", act);
        let mark = Mark::default();
        let outcome = send_marked(&mailer(&server), RAW, &mark).await;
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
        assert_eq!(mark.made.load(Ordering::Relaxed), 1);
    }
}

/// The first relay is still thinking about the dot when the second has used up a deadline of any other stage.
#[tokio::test]
async fn an_answer_to_the_dot_may_take_longer_than_any_other() {
    let (server, silent) = (SmtpServer::start().await, SmtpServer::start().await);
    let (reached, answer) = (server.hearing("DOT"), Arc::new(Notify::new()));
    server.once("DOT", Act::Held(Arc::clone(&answer)));
    silent.once("MAIL", Act::Silence);
    let patient = Deadlines { dot: Duration::from_mins(1), ..settings(&server).deadlines };
    let patient =
        SmtpMailer::prepare(SmtpSettings { deadlines: patient, ..settings(&server) }).unwrap();
    let other = async {
        reached.notified().await;
        let outcome = send(&mailer(&silent)).await;
        answer.notify_one();
        outcome
    };
    let (outcome, other) = tokio::join!(send(&patient), other);
    assert_eq!(other, Outcome::Failed { stage: Stage::Sender, fault: Fault::TimedOut });
    assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn before_the_dot_the_mark_is_made_once_and_only_when_the_text_is_through() {
    for (verb, marks) in [("MAIL", 0), ("RCPT", 0), ("DATA", 0), ("DOT", 1)] {
        let server = SmtpServer::start().await;
        server.once(verb, Act::Reply("451 later"));
        let mark = Mark::default();
        send_marked(&mailer(&server), RAW, &mark).await;
        assert_eq!(mark.made.load(Ordering::Relaxed), marks, "{verb}");
    }
}

#[tokio::test]
async fn without_the_mark_the_dot_is_not_sent() {
    let server = SmtpServer::start().await;
    let mailer = mailer(&server);
    let mark = Mark { refuses: true, ..Mark::default() };
    assert_eq!(send_marked(&mailer, RAW, &mark).await, Outcome::Withheld);
    assert!(matches!(send(&mailer).await, Outcome::Accepted { .. }));
    assert_eq!(server.mails().len(), 1);
    assert_eq!(server.connections(), 2, "the connection with the open text is not used again");
}

#[tokio::test]
async fn a_connection_is_reused_up_to_its_bound() {
    let server = SmtpServer::start().await;
    let settings =
        SmtpSettings { messages_per_connection: NonZeroU32::new(2).unwrap(), ..settings(&server) };
    let mailer = SmtpMailer::prepare(settings).unwrap();
    for _ in 0..5 {
        send(&mailer).await;
    }
    assert_eq!((server.mails().len(), server.connections()), (5, 3));
}

#[tokio::test]
async fn a_refused_recipient_leaves_the_connection_usable() {
    for extensions in [PLAIN, &["PIPELINING"]] {
        let server = SmtpServer::start_with(Tls::None, extensions).await;
        server.once("RCPT", Act::Reply("550 5.1.1 no such user"));
        let mailer = mailer(&server);
        assert_eq!(failed_at(&send(&mailer).await), Stage::Recipient);
        assert!(matches!(send(&mailer).await, Outcome::Accepted { .. }));
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_relay_that_wants_a_text_for_a_refused_recipient_is_not_trusted_with_the_next() {
    let server = SmtpServer::start_with(Tls::None, &["PIPELINING"]).await;
    server.once("RCPT", Act::Reply("550 no")).once("DATA", Act::Reply("354 go on"));
    let mailer = mailer(&server);
    assert_eq!(failed_at(&send(&mailer).await), Stage::Recipient);
    assert!(matches!(send(&mailer).await, Outcome::Accepted { .. }));
    assert_eq!((server.connections(), server.mails().len()), (2, 1));
}

#[tokio::test]
async fn a_connection_the_relay_has_closed_meanwhile_is_replaced() {
    let server = SmtpServer::start().await;
    let mailer = mailer(&server);
    send(&mailer).await;
    for act in [Act::Reply("421 idle too long"), Act::Close] {
        server.once("MAIL", act);
        assert!(matches!(send(&mailer).await, Outcome::Accepted { .. }));
    }
    assert_eq!((server.mails().len(), server.connections()), (3, 3));
}

/// The pooled transport of a well-known library fails this: it gives the answer of one message to the next.
#[tokio::test]
async fn a_delivery_dropped_half_way_never_lends_its_answer_to_the_next() {
    for verb in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"] {
        let server = SmtpServer::start().await;
        let mailer = mailer(&server);
        send(&mailer).await;
        let (heard, answer) = (server.hearing(verb), Arc::new(Notify::new()));
        server.once(verb, Act::Held(Arc::clone(&answer)));
        let is_dropped = tokio::select! {
            () = heard.notified() => true,
            _ = send(&mailer) => false,
        };
        // the link is open already: it is not greeted again
        assert_eq!(is_dropped, verb != "CONNECT" && verb != "EHLO", "{verb}");
        answer.notify_one();
        server.behave();
        server.once("DOT", Act::Reply("554 refused"));
        assert_eq!(failed_at(&send(&mailer).await), Stage::Dot, "{verb}");
    }
}

#[tokio::test]
async fn the_answer_to_quit_does_not_matter() {
    let server = SmtpServer::start().await;
    server.always("QUIT", Act::Close);
    let settings = SmtpSettings { messages_per_connection: NonZeroU32::MIN, ..settings(&server) };
    let mailer = SmtpMailer::prepare(settings).unwrap();
    for _ in 0..2 {
        assert!(matches!(send(&mailer).await, Outcome::Accepted { .. }));
    }
}

#[tokio::test]
async fn a_message_that_does_not_fit_is_not_offered() {
    let server = SmtpServer::start_with(Tls::None, &["SIZE 20"]).await;
    for (raw, unfit) in [
        (&b"Subject: 21 bytes\r\n\r\n"[..], Unfit::TooLarge { limit: 20 }),
        ("喂\r\n".as_bytes(), Unfit::EightBit),
        (b"a\nb\r\n", Unfit::BareLineEnd),
    ] {
        let outcome = send_marked(&mailer(&server), raw, &Mark::default()).await;
        assert_eq!(outcome, Outcome::Failed { stage: Stage::Sender, fault: Fault::Unfit(unfit) });
    }
    assert!(!server.said().iter().any(|line| line.starts_with("MAIL")));
}

fn encrypted(server: &SmtpServer, encryption: Encryption) -> SmtpMailer {
    let ca_file = Some(certificate("ca.pem"));
    SmtpMailer::prepare(SmtpSettings { encryption, ca_file, ..settings(server) }).unwrap()
}

#[tokio::test]
async fn tls_works_from_the_first_byte_or_after_the_greeting_with_a_private_authority() {
    for (tls, encryption) in [
        (Tls::Implicit("relay"), Encryption::Implicit),
        (Tls::Start("relay"), Encryption::StartTls),
    ] {
        let server = SmtpServer::start_with(tls, &["PIPELINING"]).await;
        let outcome = send(&encrypted(&server, encryption)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        assert_eq!(server.mails()[0].body, RAW);
    }
}

#[tokio::test]
async fn an_untrusted_certificate_stops_everything_before_a_word_is_said() {
    for name in ["expired", "stranger"] {
        for (tls, encryption) in
            [(Tls::Implicit(name), Encryption::Implicit), (Tls::Start(name), Encryption::StartTls)]
        {
            let server = SmtpServer::start_with(tls, &[]).await;
            let outcome = send(&encrypted(&server, encryption)).await;
            assert!(
                matches!(
                    &outcome,
                    Outcome::Failed { stage: Stage::Tls, fault: Fault::Untrusted(_) }
                ),
                "{name}: {outcome:?}"
            );
            assert!(!server.said().iter().any(|line| line.starts_with("MAIL")));
        }
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_sent_in_the_clear() {
    let server = SmtpServer::start_with(Tls::None, &["AUTH PLAIN"]).await;
    let settings = SmtpSettings {
        encryption: Encryption::StartTls,
        ca_file: Some(certificate("ca.pem")),
        credentials: Some(login()),
        ..settings(&server)
    };
    let outcome = send(&SmtpMailer::prepare(settings).unwrap()).await;
    let fault = Fault::NotOffered("STARTTLS");
    assert_eq!(outcome, Outcome::Failed { stage: Stage::Tls, fault });
    assert_eq!(server.said(), ["EHLO office.example"]);
}

fn login() -> Credentials {
    Credentials { user: "office".to_owned(), password: "pass word".to_owned().into() }
}

#[tokio::test]
async fn the_login_uses_what_the_relay_offers() {
    for (offered, said) in [
        ("AUTH PLAIN LOGIN", vec!["AUTH PLAIN AG9mZmljZQBwYXNzIHdvcmQ="]),
        ("AUTH LOGIN", vec!["AUTH LOGIN", "b2ZmaWNl", "cGFzcyB3b3Jk"]),
        ("AUTH=LOGIN", vec!["AUTH LOGIN", "b2ZmaWNl", "cGFzcyB3b3Jk"]),
    ] {
        let server = SmtpServer::start_with(Tls::None, &[offered]).await;
        let settings = SmtpSettings { credentials: Some(login()), ..settings(&server) };
        let outcome = send(&SmtpMailer::prepare(settings).unwrap()).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        assert_eq!(server.said()[1..=said.len()], said);
    }
}

#[tokio::test]
async fn a_refused_login_is_its_own_stage() {
    let server = SmtpServer::start_with(Tls::None, &["AUTH PLAIN"]).await;
    server.once("AUTH", Act::Reply("535 no"));
    let settings = SmtpSettings { credentials: Some(login()), ..settings(&server) };
    assert_eq!(failed_at(&send(&SmtpMailer::prepare(settings).unwrap()).await), Stage::Login);
}

#[tokio::test]
async fn trying_out_the_relay_sends_nothing() {
    let server = SmtpServer::start().await;
    let capabilities = mailer(&server).check_connection().await.unwrap();
    assert!(capabilities.offers("DSN"));
    assert_eq!(capabilities.largest_message(), Some(1_000_000));
    assert!(!server.said().iter().any(|line| line.starts_with("MAIL")));
}

#[tokio::test]
async fn a_relay_that_is_not_there_is_unreachable() {
    let server = SmtpServer::start().await;
    let settings = SmtpSettings { port: 1, ..settings(&server) };
    let outcome = send(&SmtpMailer::prepare(settings).unwrap()).await;
    assert_eq!(failed_at(&outcome), Stage::Connect);
}
