//! What comes from elsewhere, mutated: mails, the answers of a relay, published notices, configuration. Whatever it says, it is
//! read or refused: nothing panics, hangs or takes memory without bound. Documents and tables: `intake::fuzz`; the files of
//! calendars and rules: `calendar::fuzz`.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use duban::config::{MANUAL, Sources, ladders};
use duban::domain::address::Address;
use duban::domain::delivery::Outcome;
use duban::domain::item::ItemKey;
use duban::domain::term::Term;
use duban::intake::document::Document;
use duban::intake::holiday_notice::read_holiday_notice;
use duban::intake::incoming::read_incoming;
use duban::intake::letter::read_letter;
use duban::intake::mail_text::mail_text;
use duban::mail::smtp::{Deadlines, Encryption, SmtpMailer, SmtpSettings};
use duban::mail::{DotNotRecorded, DotRecorder, Mailer, OutgoingMessage};
use duban::storage::archive_file::{ArchiveWriter, extract_checked};

use crate::intake::fuzz::{fuzz, texts};

const MAILS: &[&str] = &[
    "Return-Path: <>\r\nFrom: MAILER-DAEMON@unit.example\r\nTo: duban@office.example\r\nSubject: Undelivered Mail\r\n\
     In-Reply-To: <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@office.example>\r\nMIME-Version: 1.0\r\n\
     Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\n\r\ngone\r\n--b\r\n\
     Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; unit.example\r\n\r\n\
     Final-Recipient: rfc822; a@unit.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
     Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\
     Message-ID: <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@office.example>\r\n\r\nx\r\n--b--\r\n",
    "From: =?utf-8?B?5byg5LiJ?= <a@unit.example>\r\nSubject: =?gb18030?Q?=BB=D8=B8=B4?= 002-12\r\n\
     References: <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@office.example>\r\n\
     Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
     <p>=E5=8A=9E=E7=BB=93  2026-03-01 https://x.example</p>\r\n-----\r\n> \u{539f}\u{6587}\r\n",
    "From: a@unit.example\nAuto-Submitted: auto-replied\nSubject: 自动回复\nContent-Type: multipart/alternative; boundary=x\n\n\
     --x\nContent-Type: text/plain; charset=gbk\nContent-Transfer-Encoding: base64\n\nytW1vQ==\n--x--\n",
];

const DIALOGUES: &[&str] = &[
    "220 relay.example ESMTP\r\n250-relay.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250 DSN\r\n250 2.1.0 ok\r\n\
     250 2.1.5 ok\r\n354 go\r\n250 2.0.0 queued as 1\r\n221 bye\r\n",
    "220 relay.example\r\n250 relay.example\r\n250 ok\r\n450 4.2.0 greylisted, try again in 300 seconds\r\n",
    "220-one\r\n220 two\r\n502 what\r\n250 relay.example\r\n250 ok\r\n550 5.1.1 User unknown\r\n250 reset\r\n",
];

const NOTICE: &str = include_str!("calendar/notices/2025.txt");

#[test]
fn the_fuzzed_reader_of_mails_gives_a_mail_or_a_refusal() {
    fuzz("mails", 1_000, &texts(MAILS), |input| {
        let _incoming = read_incoming(input);
        let _letter = read_letter(input);
        let _text = mail_text(input);
        let _page = Document::read("a.mht", input);
    });
}

#[derive(Default)]
struct Mark;

#[async_trait]
impl DotRecorder for Mark {
    async fn record_imminent_dot(&self) -> Result<(), DotNotRecorded> {
        Ok(())
    }
}

/// Sends one mail to a relay that says these bytes and nothing else.
fn send_to(says: &[u8]) -> Outcome {
    let relay = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = relay.local_addr().unwrap().port();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let short = Duration::from_secs(20);
    let mailer = SmtpMailer::prepare(SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::None,
        credentials: None,
        ca_file: None,
        hello: "office.example".to_owned(),
        messages_per_connection: NonZeroU32::MIN,
        deadlines: Deadlines {
            connect: short,
            tls: short,
            command: short,
            data: short,
            text: short,
            dot: short,
        },
    })
    .unwrap();
    let address = |text: &str| Address::parse(text).unwrap();
    let (sender, recipient) = (address("office@office.example"), address("a@unit.example"));
    let parcel = OutgoingMessage {
        message_id: "<1@office.example>",
        sender: &sender,
        recipient: &recipient,
        bytes: b"Message-ID: <1@office.example>\r\n\r\nx\r\n",
    };
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let (mut connection, _) = relay.accept().unwrap();
            // the mailer may have hung up: then it has heard enough
            drop(connection.write_all(says));
            drop(connection.shutdown(std::net::Shutdown::Write));
            drop(std::io::copy(&mut connection, &mut std::io::sink()));
        });
        runtime.block_on(mailer.deliver(&parcel, &Mark))
    })
}

/// Everything is said at once, before it is asked: so nothing may count as accepted.
#[test]
fn the_fuzzed_answers_of_a_relay_end_an_attempt_and_accept_nothing() {
    fuzz("relay", 60, &texts(DIALOGUES), |input| {
        let outcome = send_to(input);
        assert!(!matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    });
}

#[test]
fn the_fuzzed_reader_of_published_notices_gives_days_or_every_fault() {
    fuzz("published notices", 200, &texts(&[NOTICE]), |input| {
        if let Ok(published) = read_holiday_notice(&String::from_utf8_lossy(input)) {
            let _notice = published.applied_to(None);
        }
    });
}

#[test]
fn the_fuzzed_reader_of_settings_gives_settings_or_every_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("duban.toml");
    let short = "[office]\nunit = \"府办\"\noperator = [\"op@office.example\"]\n[mail]\ntransport = \"smtp\"\nfrom = \"duban@office.example\"\n\
                 [mail.smtp]\nhost = \"relay.example\"\nport = 587\ntls = \"starttls\"\n[schedule]\npass = \"0 30 8-17 * * *\"\n";
    fuzz("settings", 200, &texts(&[MANUAL, short]), |input| {
        // a path that the mutation made must name nothing of this machine
        let text = String::from_utf8_lossy(input).replace("\"/", "\"/nowhere/");
        fs::write(&path, text).unwrap();
        let sources = Sources { named_file: Some(path.clone()), ..Sources::default() };
        let _settings = sources.load();
    });
    let shipped = include_str!("../config/ladders.toml");
    fuzz("ladders", 20, &texts(&[shipped]), |input| {
        let _ladders = ladders::read(Path::new("a.toml"), &String::from_utf8_lossy(input));
    });
}

#[test]
fn the_fuzzed_short_forms_are_read_or_refused() {
    let forms = [
        "20wd",
        "3mo@15",
        "every:3mo@2-last",
        ">=30d",
        "5h",
        "2022-12-31",
        "2023-06-01..2023-09-30",
        "4x/1y",
        "mailbox:a@b.example",
        "breaker:domain:b.example:policy",
        "a+b@b.example",
        "undelivered:7",
    ];
    fuzz("short forms", 2_000, &texts(&forms), |input| {
        let text = String::from_utf8_lossy(input);
        if let Ok(term) = text.parse::<Term>() {
            assert_eq!(term.to_string().parse(), Ok(term.clone()), "{text}: {term}");
        }
        if let Some(key) = ItemKey::parse(&text) {
            assert_eq!(ItemKey::parse(&key.to_string()), Some(key));
        }
        if let Ok(address) = Address::parse(&text) {
            assert_eq!(Address::parse(address.as_str()).ok(), Some(address));
        }
    });
}

#[test]
fn the_fuzzed_archive_is_taken_out_whole_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    let mut archive = ArchiveWriter::create(&path).unwrap();
    archive.add("ledger.db", &mut &b"SQLite format 3\0".repeat(50)[..]).unwrap();
    archive.finish().unwrap();
    let whole = fs::read(&path).unwrap();
    fuzz("archives", 300, &[whole], |input| {
        fs::write(&path, input).unwrap();
        let _content = extract_checked(&path, "ledger.db", &mut std::io::sink());
    });
}
