//! What happens around a delivery: another process holds the ledger, a torn write, a stop in mid-dot, another zone, the
//! same files once more.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc;

use super::{
    DAY, LATER, check, mails_of_the_day, pass_killed_at, settled, states, unknowns, with_yuzhong,
};
use crate::support::daemon::Daemon;
use crate::support::office::{TestOffice, example};
use crate::support::smtp_server::Act;

/// Another process that holds the ledger's write lock.
struct Holder(Child);

impl Holder {
    /// Returns once it has the lock.
    fn take(ledger: &Path) -> Self {
        let script = "import sqlite3, sys\n\
                      ledger = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)\n\
                      ledger.execute('BEGIN IMMEDIATE')\n\
                      print('held', flush=True)\n\
                      sys.stdin.readline()\n";
        let mut python = Command::new("python3")
            .args(["-c", script])
            .arg(ledger)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is missing: tests/all.sh installs it");
        let mut said = String::new();
        BufReader::new(python.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert_eq!(said, "held\n");
        Self(python)
    }

    fn let_go(mut self) {
        self.0.stdin.take().unwrap().write_all(b"\n").unwrap();
        assert!(self.0.wait().unwrap().success());
    }
}

fn ledger(office: &TestOffice) -> PathBuf {
    office.path("duban.db")
}

/// Changes the ledger past the program; returns what the last statement found.
fn tamper(office: &TestOffice, sql: &str) -> String {
    let script = "import sqlite3, sys\n\
                  ledger = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
                  print(ledger.execute(sys.argv[2]).fetchall())";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(ledger(office))
        .arg(sql)
        .output()
        .expect("python3 is missing: tests/all.sh installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_locked_by_another_process_loses_no_outcome_and_claims_nothing_twice() {
    with_yuzhong(|office, relay| {
        office.set("MAIL__SMTP__SESSIONS", "1");
        let (path, holder) = (ledger(office), Mutex::new(None));
        let held_once = Mutex::new(false);
        relay.watch(move |heard| {
            let mut held_once = held_once.lock().unwrap();
            // between the relay's answer and its record; the next envelope needs no ledger
            if heard == "KEPT" && !*held_once {
                *held_once = true;
                *holder.lock().unwrap() = Some(Holder::take(&path));
            } else if heard == "MAIL"
                && let Some(holder) = holder.lock().unwrap().take()
            {
                holder.let_go();
            }
        });
        office.run(&["--as-of", DAY, "remind"]).expect_code(0);
        assert!(states(office).iter().all(|state| state == "accepted"));
        assert_eq!(check(office, relay.mails(), mails_of_the_day()), 0);
        assert_eq!(unknowns(office), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_relay_said_is_recorded_though_the_message_claimed_ahead_cannot_be_given_back() {
    with_yuzhong(|office, relay| {
        office.set("MAIL__SMTP__SESSIONS", "1");
        let cut =
            "CREATE TRIGGER cut BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'cut'); END";
        tamper(office, cut);
        relay.once("DOT", Act::Reply("554 5.6.0 content refused"));
        office.run(&["--as-of", DAY, "remind"]).expect_code(11);
        tamper(office, "DROP TRIGGER cut");
        assert_eq!(tamper(office, "SELECT count(*) FROM message WHERE last_code = 554"), "[(1,)]");
        office.run(&["--as-of", LATER, "remind"]);
        assert_eq!(unknowns(office), 0, "nothing is taken for delivered that was refused");
        let states = states(office);
        assert_eq!(states.iter().filter(|state| *state == "deferred").count(), 1, "{states:?}");
        assert!(states.iter().all(|state| state == "deferred" || state == "accepted"));
    })
    .await;
}

/// Makes `fsync` fail for a process as long as the file named by `BROKEN_DISK` is there.
const BROKEN_DISK: &str = r#"
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int flush(long call, int fd) {
    if (access(getenv("BROKEN_DISK"), F_OK) == 0) { errno = EIO; return -1; }
    return syscall(call, fd);
}
int fsync(int fd) { return flush(SYS_fsync, fd); }
int fdatasync(int fd) { return flush(SYS_fdatasync, fd); }
"#;

/// The library to load before all others.
fn broken_disk(office: &TestOffice) -> PathBuf {
    let (source, library) = (office.write("disk.c", BROKEN_DISK), office.path("disk.so"));
    let mut cc = Command::new("cc");
    let built = cc.args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source);
    assert!(built.status().unwrap().success(), "cc is missing: tests/all.sh installs it");
    library
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_the_disk_refuses_is_none_and_nothing_more_is_claimed() {
    with_yuzhong(|office, relay| {
        office.set("MAIL__SMTP__SESSIONS", "1");
        let (library, broken) = (broken_disk(office), office.path("broken"));
        let mark = broken.clone();
        relay.watch(move |heard| {
            if heard == "KEPT" {
                std::fs::write(&mark, "").unwrap();
            }
        });
        let mut pass = office.command(&["--as-of", DAY, "remind"]);
        pass.env("LD_PRELOAD", library).env("BROKEN_DISK", &broken);
        let ended = pass.output().unwrap();
        relay.watch(|_| ());
        assert_eq!(ended.status.code(), Some(75), "{}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(relay.mails().len(), 1, "nothing was sent after it");
        std::fs::remove_file(broken).unwrap();
        settled(office, relay);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_frame_at_the_end_of_the_log_is_not_there() {
    with_yuzhong(|office, relay| {
        pass_killed_at(office, relay, DAY, "KEPT", 2);
        let log = office.path("duban.db-wal");
        let whole = std::fs::read(&log).unwrap();
        let torn = [&whole[..], &whole[32..32 + 24 + 2000]].concat();
        std::fs::write(&log, torn).unwrap();
        settled(office, relay);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_cannot_be_recorded_whole_is_not_recorded_and_the_next_pass_makes_it() {
    with_yuzhong(|office, relay| {
        let cut = "CREATE TRIGGER cut BEFORE UPDATE OF next_plan_on ON assignment \
                   BEGIN SELECT RAISE(ABORT, 'cut'); END";
        tamper(office, cut);
        office.run(&["--as-of", DAY, "remind"]).expect_code(11);
        assert_eq!(tamper(office, "SELECT count(*) FROM reminder"), "[(0,)]");
        tamper(office, "DROP TRIGGER cut");
        office.run(&["--as-of", DAY, "remind"]).expect_code(0);
        assert_eq!(check(office, relay.mails(), mails_of_the_day()), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_told_to_stop_at_the_dot_waits_for_the_answer_and_records_it() {
    with_yuzhong(|office, relay| {
        office.set("MAIL__SMTP__SESSIONS", "1");
        let (reached, at_dot) = mpsc::channel();
        let (answer, may_answer) = mpsc::channel();
        let may_answer = Mutex::new(may_answer);
        relay.watch(move |heard| {
            if heard == "KEPT" && reached.send(()).is_ok() {
                may_answer.lock().unwrap().recv().unwrap();
            }
        });
        let daemon = Daemon::start(office, DAY);
        at_dot.recv().unwrap();
        daemon.terminate();
        drop(at_dot);
        answer.send(()).unwrap();
        assert!(daemon.wait().success());
        let states = states(office);
        assert_eq!(states.iter().filter(|state| *state == "accepted").count(), relay.mails().len());
        assert!(states.iter().all(|state| state == "accepted" || state == "ready"), "{states:?}");
        office.run(&["--as-of", LATER, "remind"]).expect_code(0);
        assert_eq!(check(office, relay.mails(), mails_of_the_day()), 0);
    })
    .await;
}

#[test]
fn the_zone_of_the_machine_changes_nothing() {
    let office = TestOffice::yuzhong();
    let planned = |zone: &str| {
        let question = ["--as-of", DAY, "--format", "json", "remind", "--dry-run"];
        let output = office.command(&question).env("TZ", zone).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let here = planned("Asia/Shanghai");
    assert!(here.len() > 100);
    for zone in ["UTC", "America/New_York"] {
        assert_eq!(planned(zone), here, "{zone}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_files_in_another_order_bring_no_new_mail() {
    with_yuzhong(|office, relay| {
        office.run(&["--as-of", DAY, "remind"]).expect_code(0);
        let sent = relay.mails().len();
        for kind in ["units", "obligations"] {
            let text =
                std::fs::read_to_string(example(&format!("yuzhong-2022/{kind}.csv"))).unwrap();
            let (header, rows) = text.split_once('\n').unwrap();
            let mut rows: Vec<&str> = rows.lines().collect();
            rows.reverse();
            let file = office.write("again.csv", format!("{header}\n{}\n", rows.join("\n")));
            let list = ["--list", "obligations"];
            let list = if kind == "units" { &[][..] } else { &list };
            let import = [&["--as-of", DAY, "import", kind, &file], list].concat();
            office.run(&import).expect_code(0);
        }
        office.run(&["--as-of", LATER, "remind"]).expect_code(0);
        assert_eq!(relay.mails().len(), sent);
    })
    .await;
}

/// A row that breaks the schema's own rule: the check of the whole file finds it, and nothing else reads it.
const BROKEN_ROW: &str =
    "INSERT INTO incoming_message VALUES ('x', 'no kind of mail', NULL, '', 0)";

fn break_a_row(office: &TestOffice) {
    let script = "import sqlite3, sys\n\
                  ledger = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
                  ledger.execute('PRAGMA ignore_check_constraints = on')\n\
                  ledger.execute(sys.argv[2])";
    let mut python = Command::new("python3");
    assert!(
        python.args(["-c", script]).arg(ledger(office)).arg(BROKEN_ROW).status().unwrap().success()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_file_is_checked_once_a_day_and_not_by_every_pass() {
    with_yuzhong(|office, relay| {
        office.run(&["--as-of", DAY, "remind"]).expect_code(0);
        break_a_row(office);
        office.run(&["--as-of", DAY, "remind"]).expect_code(0);
        let sent = relay.mails().len();
        let err = office.run(&["--as-of", "2022-12-29T09:31", "remind"]).expect_code(11).err;
        assert!(err.contains("is damaged"), "{err}");
        assert_eq!(relay.mails().len(), sent);
        tamper(office, "DELETE FROM incoming_message");
        office.run(&["--as-of", "2022-12-29T09:31", "remind"]).expect_code(0);
        assert!(relay.mails().len() > sent);
    })
    .await;
}

#[test]
fn a_service_checks_the_whole_file_when_it_starts() {
    let office = TestOffice::yuzhong();
    office.run(&["--as-of", DAY, "remind"]).expect_code(0);
    break_a_row(&office);
    let mut service =
        office.command(&["--as-of", DAY, "serve"]).stderr(Stdio::piped()).spawn().unwrap();
    let said = BufReader::new(service.stderr.take().unwrap());
    let first = said.lines().next().unwrap().unwrap();
    drop(service.kill());
    service.wait().unwrap();
    assert!(first.contains("is damaged"), "{first}");
}

/// A ledger that somebody holds for longer than anybody waits, and a full disk, are not the end of a service.
#[test]
fn what_passes_by_itself_ends_with_the_code_after_which_the_service_is_started_again() {
    let unit = include_str!("../../deploy/duban.service");
    let prevented = unit.lines().find_map(|line| line.strip_prefix("RestartPreventExitStatus="));
    assert!(prevented.unwrap().split(' ').all(|code| code != "75"));
    assert!(unit.contains("\nStartLimitIntervalSec=0\n"), "and again, as long as it lasts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_told_to_stop_before_the_dot_drops_the_connection_at_once() {
    for silent_at in ["CONNECT", "MAIL"] {
        with_yuzhong(move |office, relay| {
            office.set("MAIL__SMTP__SESSIONS", "1");
            relay.always(silent_at, Act::Silence);
            let (heard, reached) = mpsc::channel();
            relay.watch(move |verb| {
                if verb == silent_at {
                    heard.send(()).ok();
                }
            });
            let daemon = Daemon::start(office, DAY);
            reached.recv().unwrap();
            daemon.terminate();
            assert!(daemon.wait().success());
            let messages = office.json(&["outbox", "list", "--state", "all"]);
            let messages = messages.as_array().unwrap();
            assert!(!messages.is_empty());
            assert!(messages.iter().all(|it| it["state"] == "ready" && it["attempts"] == 0));
            relay.behave();
            relay.watch(|_| ());
            office.run(&["--as-of", LATER, "remind"]).expect_code(0);
            assert_eq!(check(office, relay.mails(), mails_of_the_day()), 0);
        })
        .await;
    }
}

#[test]
fn a_command_beside_a_long_write_says_that_it_waits_and_then_works() {
    let office = TestOffice::yuzhong();
    let duty = office.write("duty.csv", "事项,时限,责任单位,编号\n清理,2022-12-30,区教委,r\n");
    office.run(&["--as-of", DAY, "import", "obligations", &duty]).expect_code(0);
    let holder = Holder::take(&ledger(&office));
    let mut command = office.command(&["--as-of", DAY, "ack", "r"]);
    let mut waiting = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(waiting.stderr.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("another command is writing"), "{said}");
    holder.let_go();
    assert!(waiting.wait().unwrap().success());
}
