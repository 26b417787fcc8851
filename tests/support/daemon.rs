//! The real daemon in a process of its own, heard through the socket on which systemd would listen.

use std::os::unix::net::UnixDatagram;
use std::process::{Child, ExitStatus};
use std::time::Duration;

use super::office::TestOffice;

/// No test waits longer for a word of the daemon; a healthy one says it at once.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running daemon; killed when the test ends.
pub(crate) struct Daemon {
    process: Child,
    notices: UnixDatagram,
}

impl Daemon {
    /// Starts `duban serve` in this office as of a day and waits until it is ready.
    pub(crate) fn start(office: &TestOffice, as_of: &str) -> Self {
        Self::start_in(office, as_of, &[])
    }

    /// The same with these variables of the environment.
    pub(crate) fn start_in(office: &TestOffice, as_of: &str, variables: &[(&str, &str)]) -> Self {
        let socket = office.path("notify.socket");
        drop(std::fs::remove_file(&socket));
        let notices = UnixDatagram::bind(&socket).unwrap();
        notices.set_read_timeout(Some(PATIENCE)).unwrap();
        let process = office
            .command(&["--as-of", as_of, "serve"])
            .env("NOTIFY_SOCKET", &socket)
            .envs(variables.iter().copied())
            .spawn()
            .unwrap();
        let daemon = Self { process, notices };
        daemon.wait_for("READY=1");
        daemon
    }

    /// Waits until the pass that every start makes is over.
    pub(crate) fn wait_for_a_pass(&self) {
        self.wait_for("STATUS=");
    }

    /// Waits for a notice; returns all that was said until then.
    pub(crate) fn wait_for(&self, notice: &str) -> Vec<String> {
        let mut said = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let length = self
                .notices
                .recv(&mut buffer)
                .unwrap_or_else(|_| panic!("no {notice}; said {said:?}"));
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let found = text.lines().any(|line| line.starts_with(notice));
            said.push(text);
            if found {
                return said;
            }
        }
    }

    /// Waits until it has said nothing for so long: time must pass, for silence is what is asked for.
    #[cfg(feature = "fail-points")]
    pub(crate) fn wait_for_silence(&self, time: Duration) {
        self.notices.set_read_timeout(Some(time)).unwrap();
        let mut buffer = [0; 4096];
        let heard = (0..1000).take_while(|_| self.notices.recv(&mut buffer).is_ok()).count();
        assert!(heard < 1000, "it does not fall silent");
    }

    /// Sends SIGTERM, as systemd does, and waits for the end.
    pub(crate) fn stop(self) -> ExitStatus {
        self.terminate();
        self.wait()
    }

    /// Sends a signal by its name, as `kill` knows it.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Sends SIGTERM and waits until the daemon has taken it in.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
        self.wait_for("STOPPING=1");
    }

    /// Waits for the end.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// Kills it, as a power cut does.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Ended already in most tests; then there is nothing left to kill.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
