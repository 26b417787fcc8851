//! A disk that takes nothing more, a file that cannot be written, a file that is damaged.
//!
//! The disk is made full for one process by its limit on the size of files (`RLIMIT_FSIZE`): the system then refuses the
//! same writes that a full disk refuses, whatever machine or container this runs in.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::support::office::{Run, TestOffice};
use crate::support::smtp_server::{Mail, SmtpServer};

const DAY: &str = "2022-12-28";
const LATER: &str = "2022-12-28T14:00";
/// The room of the spool, and less than any write of the ledger in mid-pass.
const LIMIT: &str = "65536:65536";

/// The binary, started so that a refused write is an error and not the end of the process.
fn under_a_limit(office: &TestOffice, arguments: &[&str]) -> Command {
    let plain = office.command(arguments);
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(plain.get_program())
        .args(plain.get_args())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(plain.get_current_dir().unwrap())
        .stdin(Stdio::null());
    command
}

fn limit(pid: u32, limit: &str) {
    let [pid, limit] = [format!("--pid={pid}"), format!("--fsize={limit}")];
    let set = Command::new("prlimit").args([pid, limit]).status();
    assert!(set.unwrap().success(), "prlimit (util-linux) sets the limit");
}

/// A pass whose disk is full from the moment at which the relay has kept the first message; returns its exit code and
/// what it said. The message is accepted, and the ledger cannot take it down.
fn pass_on_a_disk_that_fills(office: &TestOffice, relay: &SmtpServer) -> (i32, String) {
    let child = Arc::new(Mutex::new(None::<Child>));
    let victim = Arc::clone(&child);
    let full = Mutex::new(false);
    relay.watch(move |verb| {
        let mut full = full.lock().unwrap();
        if verb == "KEPT" && !*full {
            *full = true;
            limit(victim.lock().unwrap().as_ref().unwrap().id(), LIMIT);
        }
    });
    let mut guard = child.lock().unwrap();
    let spawned = under_a_limit(office, &["--as-of", DAY, "remind"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    *guard = Some(spawned);
    let errors = guard.as_mut().unwrap().stderr.take().unwrap();
    drop(guard);
    let said = std::io::read_to_string(errors).unwrap();
    let code = child.lock().unwrap().as_mut().unwrap().wait().unwrap().code().unwrap_or(-1);
    relay.watch(|_| ());
    (code, said)
}

fn office_with(relay: &SmtpServer) -> TestOffice {
    let mut office = TestOffice::yuzhong();
    office.send_to(relay);
    office.set("LOG__FILTER", "off");
    office
}

/// Cases 32 and 33: the disk is full between the relay's answer and its record, and the process ends. The outcome was
/// kept beside the ledger: nothing is sent twice.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_a_full_disk_did_not_take_is_on_record_after_the_next_start() {
    let relay = SmtpServer::start().await;
    tokio::task::spawn_blocking(move || {
        let office = office_with(&relay);
        let (code, said) = pass_on_a_disk_that_fills(&office, &relay);
        assert_eq!(code, 75, "{said}");
        let kept = relay.mails().len();
        assert!((1..=2).contains(&kept), "{kept} kept: claiming stops at once");

        office.run(&["--as-of", LATER, "remind"]).expect_code(0);
        let mut ids: Vec<String> = relay.mails().iter().map(Mail::message_id).collect();
        let sent = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), sent, "nothing was sent twice");
        let messages = office.json(&["outbox", "list", "--state", "all"]);
        let messages = messages.as_array().unwrap();
        assert_eq!(messages.len(), sent);
        assert!(messages.iter().all(|it| it["state"] == "accepted" && it["unknowns"] == 0));
        let deep = office.run(&["--as-of", LATER, "status", "--deep"]);
        assert_eq!(deep.code, 0, "{}{}", deep.out, deep.err);
    })
    .await
    .unwrap();
}

/// Case 31: the disk is full during an import: nothing is half loaded.
#[test]
fn an_import_on_a_full_disk_loads_nothing() {
    let office = TestOffice::new();
    office.create_ledger();
    let units = crate::support::office::example("yuzhong-2022/units.csv");
    let mut limited = Command::new("prlimit");
    let import = under_a_limit(&office, &["import", "units", &units]);
    limited.arg("--fsize=32768:32768").arg(import.get_program()).args(import.get_args());
    limited.envs(import.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.current_dir(office.path("")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(75), "{said}");
    assert!(said.contains("disk"), "{said}");
    assert_eq!(office.json(&["units"]), serde_json::json!([]));
    office.run(&["import", "units", &units]).expect_code(0);
}

/// The disk is full in the middle of a long import, after the table was read and compared.
#[test]
fn a_long_import_that_fills_the_disk_leaves_nothing() {
    let office = TestOffice::yuzhong();
    let rows: String = (1..=4_500)
        .map(|n| format!("第{n}件,2022-12-31,区教委,{n}\n"))
        .collect::<Vec<_>>()
        .concat();
    let table = office.write("大.csv", format!("事项,时限,责任单位,编号\n{rows}"));
    let arguments = ["--as-of", DAY, "import", "obligations", &table];
    let mut limited = Command::new("prlimit");
    let import = under_a_limit(&office, &arguments);
    limited.arg("--fsize=2000000:2000000").arg(import.get_program()).args(import.get_args());
    limited.envs(import.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.current_dir(office.path("")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(75), "{said}");
    assert!(said.contains("disk"), "{said}");
    office.run(&["show", "大/1"]).expect_code(14);
    assert_eq!(office.json(&["import", "list"]).as_array().unwrap().len(), 1);
    office.run(&arguments).expect_code(0);
    office.run(&["journal", "--verify"]).expect_code(0);
}

/// Case 35: a ledger that cannot be written is refused before anything is sent.
#[test]
fn a_ledger_that_cannot_be_written_is_refused() {
    let office = TestOffice::yuzhong();
    let program = office.path("duban");
    fs::copy(env!("CARGO_BIN_EXE_duban"), &program).unwrap();
    for (name, mode) in [("", 0o555), ("duban.db", 0o444), ("duban.db.home", 0o444)] {
        fs::set_permissions(office.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    if is_root() {
        for name in ["", "duban.db", "duban.db.home"] {
            chown(office.path(name), Some(65534), Some(65534)).unwrap();
        }
    }
    let plain = office.command(&["--as-of", DAY, "remind"]);
    let mut command = Command::new(&program);
    if is_root() {
        // nothing is read-only for root: the program runs as somebody else
        command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
    }
    command.args(plain.get_args()).envs(plain.get_envs().filter_map(|(n, v)| Some((n, v?))));
    let output = command.current_dir("/").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    fs::set_permissions(office.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(11), "{said}");
    assert!(said.contains("duban.db") && said.contains("writable for this user"), "{said}");
    assert!(office.mails().is_empty());
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// Case 35: a damaged page is found before anything is sent.
#[test]
fn a_damaged_ledger_is_refused() {
    let office = TestOffice::yuzhong();
    let ledger = office.path("duban.db");
    let mut bytes = fs::read(&ledger).unwrap();
    let last = bytes.len() - 4096;
    bytes[last..].fill(0x5a);
    fs::write(&ledger, bytes).unwrap();
    for command in ["remind", "serve"] {
        let run: Run = office.run(&["--as-of", DAY, command]).expect_code(11);
        assert!(run.err.contains("damaged") && run.err.contains("backup"), "{}", run.err);
    }
    assert!(office.mails().is_empty());
    let deep = office.run(&["--as-of", DAY, "doctor"]);
    assert!(deep.code == 11 && deep.err.contains("damaged"), "{}{}", deep.out, deep.err);
}

/// A rehearsal works on a copy with everybody's address: none is left, and what a killed run has left goes with the next.
#[test]
fn a_rehearsal_leaves_no_copy_of_the_ledger_behind() {
    let office = TestOffice::yuzhong();
    let temporary = office.path("temporary");
    let left = temporary.join("duban-rehearsal-killed");
    fs::create_dir_all(&left).unwrap();
    for name in ["rehearsal.db", "lock"] {
        fs::write(left.join(name), "everybody's address").unwrap();
    }
    let mut rehearsal = office.command(&["--as-of", DAY, "remind", "--dry-run"]);
    let output = rehearsal.env("TMPDIR", &temporary).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!output.stdout.is_empty());
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

#[test]
fn a_rehearsal_without_a_folder_for_temporary_files_names_that_folder() {
    let office = TestOffice::yuzhong();
    let nowhere = office.path("nowhere");
    let mut rehearsal = office.command(&["--as-of", DAY, "remind", "--dry-run"]);
    let output = rehearsal.env("TMPDIR", &nowhere).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(14), "{said}");
    assert!(said.contains("nowhere"), "{said}");
}
