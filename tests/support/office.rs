//! An office of its own for each test: a folder, a configuration, and the real binary run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use duban::config::{Settings, Sources};
use tempfile::TempDir;

use super::smtp_server::SmtpServer;
use super::two_languages::ChineseRun;

/// A folder with a ledger, a Maildir and nothing of this machine's environment.
pub(crate) struct TestOffice {
    folder: TempDir,
    settings: Vec<(String, String)>,
    has_daemon: AtomicBool,
}

/// What a run of the binary left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl TestOffice {
    /// An empty office that writes its mails into a Maildir.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let settings = [
            ("DUBAN__DATABASE__PATH", path("duban.db")),
            ("DUBAN__MAIL__MAILDIR__PATH", path("mail")),
            ("DUBAN__MAIL__FROM", "duban@yuzhong.example".to_owned()),
            ("DUBAN__LOG__FILTER", "warn".to_owned()),
            ("USER", "tester".to_owned()),
            ("DUBAN_LANG", "en".to_owned()),
            // The example of Yuzhong has standing rules that wait for no single event.
            ("DUBAN__ITEMS__AWAITED_EVENT_DAYS", "3650".to_owned()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        Self { folder, settings: settings.into(), has_daemon: AtomicBool::new(false) }
    }

    /// Creates the ledger, with nothing in it: a query does not.
    pub(crate) fn create_ledger(&self) {
        self.run(&["mail", "release", "--all", "--count", "0"]).expect_code(0);
    }

    /// The same with the units and obligations of Yuzhong district, loaded as of 2022-06-20.
    pub(crate) fn yuzhong() -> Self {
        let office = Self::new();
        for kind in ["units", "obligations"] {
            let file = example(&format!("yuzhong-2022/{kind}.csv"));
            office.run(&["--as-of", "2022-06-20", "import", kind, &file]).expect_code(0);
        }
        office
    }

    /// Sets a key for all later runs, as `MAIL__SMTP__PORT`.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.settings.push((format!("DUBAN__{key}"), value.to_owned()));
    }

    /// Forgets a key that was set.
    pub(crate) fn unset(&mut self, key: &str) {
        self.settings.retain(|(name, _)| *name != format!("DUBAN__{key}"));
    }

    /// Sends all later mails to this relay, without TLS.
    pub(crate) fn send_to(&mut self, relay: &SmtpServer) {
        self.set("MAIL__TRANSPORT", "smtp");
        self.set("MAIL__SMTP__HOST", "127.0.0.1");
        self.set("MAIL__SMTP__PORT", &relay.port.to_string());
        self.set("MAIL__SMTP__TLS", "none");
    }

    /// A path in the office's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the office's folder; returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// What the binary makes of the configuration.
    pub(crate) fn settings(&self) -> Settings {
        let environment = self.settings.iter().cloned().collect();
        Sources { named_file: None, default_file: None, environment }.load().unwrap()
    }

    /// The binary with these arguments, not started yet.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        if arguments.contains(&"serve") {
            self.has_daemon.store(true, Ordering::Relaxed);
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_duban"));
        command
            .args(arguments)
            .env_clear()
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end; at the same time in Chinese on a copy, which must end alike.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let chinese = ChineseRun::start(self, arguments);
        let run = Run::of(self.command(arguments).output().unwrap(), self.folder.path());
        if let Some(chinese) = chinese {
            chinese.compare(arguments, &run);
        }
        run
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The environment of every run.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn has_relay(&self) -> bool {
        self.settings.iter().any(|(name, _)| name == "DUBAN__MAIL__TRANSPORT")
    }

    /// A daemon works in this folder, or has.
    pub(crate) fn has_daemon(&self) -> bool {
        self.has_daemon.load(Ordering::Relaxed)
    }

    /// Runs a question and reads its JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let mut all = vec!["--format", "json"];
        all.extend(arguments);
        let run = self.run(&all).expect_code(0);
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.out))
    }

    /// The mails in the Maildir, raw, sorted.
    pub(crate) fn mails(&self) -> Vec<Vec<u8>> {
        let Ok(files) = fs::read_dir(self.path("mail/new")) else { return Vec::new() };
        let mut mails: Vec<Vec<u8>> =
            files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
        mails.sort();
        mails
    }
}

impl Run {
    pub(crate) fn of(output: Output, folder: &Path) -> Self {
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes).unwrap().replace(&folder.display().to_string(), "<office>")
        };
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Holds the run to an exit code.
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }
}

/// Path of a file under `config/examples`.
pub(crate) fn example(name: &str) -> String {
    format!("{}/config/examples/{name}", env!("CARGO_MANIFEST_DIR"))
}
