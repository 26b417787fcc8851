//! A Postfix of its own for each test: submission with STARTTLS and a login, a policy that the test itself answers, and
//! delivery into one Maildir. It lives in a temporary folder on a free port of loopback and touches nothing else.
//!
//! Must not know: what duban does with it.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use tempfile::TempDir;

use super::policy::{Policy, Stage};
use crate::support::smtp_server::Mail;

/// The login that the relay knows.
pub(super) const USER: &str = "duban@relay.example";
pub(super) const PASSWORD: &str = "opensesame";
/// The one sender that belongs to the login.
const SENDER: &str = "duban@yuzhong.example";
/// No test waits longer for a line of Postfix's log; a healthy one writes it at once.
const PATIENCE: Duration = Duration::from_mins(1);
/// The account that owns the mailboxes.
const NOBODY: &str = "nobody";

/// The services of a relay that takes submissions and delivers locally; the first column is its port.
const SERVICES: &str = "\
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";

/// The manual names the service that hands reports to duban; the relay takes it from there.
const MANUAL: &str = include_str!("../../../deploy/guide.md");

/// What differs from one test to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Local part of an address that the relay takes mail for, and then reports to be gone.
    pub(super) gone: &'static str,
    /// The largest message in bytes; announced as SIZE.
    pub(super) size_limit: u32,
    /// Local part of an address of the served domain that has no mailbox.
    pub(super) without_mailbox: &'static str,
    /// Login mechanisms that are offered.
    pub(super) mechanisms: &'static str,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            gone: "gone-at-all",
            size_limit: 10_240_000,
            without_mailbox: "nobody-at-all",
            mechanisms: "PLAIN LOGIN",
        }
    }
}

/// A running Postfix; stopped when the test ends.
pub(super) struct Postfix {
    folder: TempDir,
    pub(super) port: u16,
    pub(super) policy: Policy,
    log: Log,
}

impl Postfix {
    /// Starts one, or says what is missing on this machine.
    pub(super) fn start(rules: Rules) -> Self {
        demand_surroundings();
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let policy = Policy::start();
        // Postfix's own account must reach what is inside
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["etc/sasl", "queue", "data", "mail"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        give(&folder.path().join("data"), "postfix");
        give(&folder.path().join("mail"), NOBODY);
        make_certificates(folder.path());
        write_configuration(folder.path(), port, policy.port, rules);
        // 67: sysexits.h calls it "no such user"
        make_script(&folder.path().join("gone"), "exit 67\n");
        make_login(folder.path(), rules);
        let log = Log::follow(&folder.path().join("log"));
        let relay = Self { folder, port, policy, log };
        relay.go_on();
        relay
    }

    /// Starts the stopped relay again; returns once it listens.
    pub(super) fn go_on(&self) {
        self.order("start");
    }

    /// Stops it at once, connections and all.
    pub(super) fn stop(&self) {
        self.order("stop");
    }

    /// Certificate of the authority that signed the relay's own.
    pub(super) fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Everything delivered, once the relay has delivered all it took.
    pub(super) fn mails(&mut self) -> Vec<Mail> {
        self.log.wait_for_removals(self.policy.passed(Stage::Dot));
        let Ok(files) = fs::read_dir(self.folder.path().join("mail/inbox/new")) else {
            return Vec::new();
        };
        files.map(|file| delivered(&fs::read(file.unwrap().path()).unwrap())).collect()
    }

    /// From now on this is what the relay starts to hand in what comes back.
    pub(super) fn hand_reports_to(&self, program: &Command) {
        let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap());
        let mut script = String::new();
        for (name, value) in program.get_envs() {
            let value = quoted(value.unwrap());
            writeln!(script, "export {}={value}", name.to_str().unwrap()).unwrap();
        }
        // the service's account must be able to read it
        let binary = self.program();
        fs::copy(program.get_program(), &binary).unwrap();
        let arguments: String = program.get_args().map(|it| quoted(it) + " ").collect();
        writeln!(script, "exec {} {arguments}", binary.display()).unwrap();
        make_script(&self.folder.path().join("take-in"), &script);
    }

    /// The program where every account may start it.
    pub(super) fn program(&self) -> PathBuf {
        self.folder.path().join("duban")
    }

    /// Waits until so many messages beside those that were submitted have left the queue.
    pub(super) fn wait_for_reports(&mut self, count: usize) {
        self.log.wait_for_removals(self.policy.passed(Stage::Dot) + count);
    }

    /// Every line the relay wrote about itself so far.
    pub(super) fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn order(&self, verb: &str) {
        run(Command::new("postfix").arg("-c").arg(self.folder.path().join("etc")).arg(verb));
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        let etc = self.folder.path().join("etc");
        // one that a test has stopped already refuses, which does not matter
        drop(Command::new("postfix").arg("-c").arg(etc).arg("stop").output());
    }
}

/// The log as it grows.
struct Log {
    tail: Child,
    lines: Receiver<String>,
    removals: usize,
}

impl Log {
    fn follow(path: &Path) -> Self {
        fs::write(path, "").unwrap();
        let mut tail = Command::new("tail")
            .args(["-n", "+1", "-F"])
            .arg(path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let reader = BufReader::new(tail.stdout.take().unwrap());
        let (write, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in reader.lines().map_while(Result::ok) {
                if write.send(line).is_err() {
                    return;
                }
            }
        });
        Self { tail, lines, removals: 0 }
    }

    /// Waits until so many messages have left the queue since the start.
    fn wait_for_removals(&mut self, count: usize) {
        let mut heard = Vec::new();
        while self.removals < count {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                panic!("{} of {count} delivered: {heard:#?}", self.removals);
            });
            if line.contains("/qmgr[") && line.ends_with(": removed") {
                self.removals += 1;
            }
            heard.push(line);
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        drop(self.tail.kill());
        drop(self.tail.wait());
    }
}

/// Fails with what to do, rather than passing without having looked.
fn demand_surroundings() {
    for (program, package) in
        [("postfix", "postfix"), ("saslpasswd2", "sasl2-bin"), ("openssl", "openssl")]
    {
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        assert!(
            found.unwrap().status.success(),
            "{program} is missing: `apt-get install -y postfix sasl2-bin libsasl2-modules openssl` \
             (Debian package {package}); tests/all.sh installs it"
        );
    }
    let user = fs::metadata("/proc/self").unwrap().uid();
    assert_eq!(user, 0, "Postfix changes accounts, so these tests must run as root");
}

fn make_certificates(folder: &Path) {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let openssl = || {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(folder);
        openssl
    };
    let files = ["-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem"];
    run(openssl().args(["req", "-x509"]).args(key).args(files));
    let files = ["-subj", "/CN=localhost", "-keyout", "relay.key", "-out", "relay.csr"];
    run(openssl().arg("req").args(key).args(files));
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    run(openssl()
        .args(["x509", "-req", "-in", "relay.csr", "-CA", "ca.pem", "-CAkey", "ca.key"])
        .args(["-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "relay.pem"]));
}

fn make_login(folder: &Path, rules: Rules) {
    let settings = format!(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {}/sasldb\nmech_list: {}\n",
        folder.display(),
        rules.mechanisms
    );
    fs::write(folder.join("etc/sasl/smtpd.conf"), settings).unwrap();
    let (name, realm) = USER.split_once('@').unwrap();
    let store = format!(
        "printf %s {PASSWORD} | saslpasswd2 -p -c -f {}/sasldb -u {realm} {name}",
        folder.display()
    );
    run(Command::new("sh").args(["-c", &store]));
    give(&folder.join("sasldb"), "postfix");
}

fn write_configuration(folder: &Path, port: u16, policy: u16, rules: Rules) {
    let etc = folder.join("etc");
    let place = folder.display();
    let mut main = String::new();
    for (key, value) in [
        ("compatibility_level", "3.6".to_owned()),
        ("config_directory", etc.display().to_string()),
        ("queue_directory", format!("{place}/queue")),
        ("data_directory", format!("{place}/data")),
        ("maillog_file", format!("{place}/log")),
        ("maillog_file_prefixes", place.to_string()),
        ("myhostname", "relay.example".to_owned()),
        ("mydestination", String::new()),
        ("mynetworks", String::new()),
        ("inet_interfaces", "127.0.0.1".to_owned()),
        ("inet_protocols", "ipv4".to_owned()),
        ("alias_maps", String::new()),
        ("local_recipient_maps", String::new()),
        ("message_size_limit", rules.size_limit.to_string()),
        (
            "transport_maps",
            format!(
                "inline:{{{{{SENDER}=duban-bounce:}}, {{{}@yuzhong.example=gone:}}}}",
                rules.gone
            ),
        ),
        ("virtual_mailbox_limit", "0".to_owned()),
        ("virtual_mailbox_domains", "yuzhong.example".to_owned()),
        ("virtual_mailbox_base", format!("{place}/mail")),
        ("virtual_mailbox_maps", format!("regexp:{place}/etc/mailboxes")),
        ("virtual_uid_maps", "static:65534".to_owned()),
        ("virtual_gid_maps", "static:65534".to_owned()),
        ("smtpd_tls_security_level", "encrypt".to_owned()),
        ("smtpd_tls_cert_file", format!("{place}/relay.pem")),
        ("smtpd_tls_key_file", format!("{place}/relay.key")),
        ("smtpd_sasl_auth_enable", "yes".to_owned()),
        ("smtpd_error_sleep_time", "0".to_owned()),
        ("smtpd_sender_login_maps", format!("inline:{{{SENDER}={USER}}}")),
        ("smtpd_sender_restrictions", "reject_sender_login_mismatch".to_owned()),
        ("smtpd_relay_restrictions", "permit_sasl_authenticated, reject".to_owned()),
        (
            "smtpd_recipient_restrictions",
            format!(
                "reject_unlisted_recipient, check_policy_service inet:127.0.0.1:{policy}, \
                 permit_sasl_authenticated, reject"
            ),
        ),
        ("smtpd_end_of_data_restrictions", format!("check_policy_service inet:127.0.0.1:{policy}")),
    ] {
        writeln!(main, "{key} = {value}").unwrap();
    }
    fs::write(etc.join("main.cf"), main).unwrap();
    let gone = format!("gone unix - n n - - pipe\n  flags=R user=nobody argv={place}/gone\n");
    let services = format!("{SERVICES}{}{gone}", bounce_service(folder));
    fs::write(etc.join("master.cf"), format!("127.0.0.1:{port} inet n - n - - smtpd\n{services}"))
        .unwrap();
    let mailboxes =
        format!("if !/^{}@/\n/@yuzhong\\.example$/ inbox/\nendif\n", rules.without_mailbox);
    fs::write(etc.join("mailboxes"), mailboxes).unwrap();
}

/// The lines of the manual, with the account and the program of this test.
fn bounce_service(folder: &Path) -> String {
    let lines = MANUAL.lines().skip_while(|line| !line.starts_with("    duban-bounce unix"));
    let lines = lines.map_while(|line| line.strip_prefix("    "));
    let service = lines.flat_map(|line| [line, "\n"]).collect::<String>();
    let program = folder.join("take-in").display().to_string();
    let here = service
        .replace("user=duban", "user=nobody")
        .replace("/usr/bin/duban mail bounce --pipe", &program);
    assert!(here.contains("user=nobody") && here.contains(&program), "{service}");
    here
}

fn make_script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn give(path: &Path, account: &str) {
    run(Command::new("chown").arg(account).arg(path));
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

/// A delivered file without the lines that the relay put before it, its line ends as they went over the wire.
fn delivered(file: &[u8]) -> Mail {
    let text = String::from_utf8(file.to_vec()).unwrap();
    let mut mail = Mail { from: String::new(), to: String::new(), body: Vec::new() };
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next_if(|line| {
        ["Return-Path:", "X-Original-To:", "Delivered-To:", "Received:", "\t"]
            .iter()
            .any(|start| line.starts_with(start))
    }) {
        let value = line.split_once(':').map_or("", |(_, value)| value).trim().to_owned();
        if line.starts_with("Return-Path:") {
            mail.from = value.trim_matches(['<', '>']).to_owned();
        } else if line.starts_with("Delivered-To:") {
            mail.to = value;
        }
    }
    mail.body = lines.collect::<String>().replace('\n', "\r\n").into_bytes();
    mail
}
