//! The policy service that Postfix asks about every recipient and every message: the test's own hand inside the relay
//! (the protocol is Postfix's `SMTPD_POLICY_README`).
//!
//! Must not know: why a test answers as it does.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// When Postfix asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// At RCPT.
    Recipient,
    /// After the final dot, before it is answered: what passes here is delivered.
    Dot,
}

/// Answers with an action of Postfix's access(5); `None` lets it pass.
type Rule = Arc<dyn Fn(Stage, &str) -> Option<&'static str> + Send + Sync>;

/// A running policy service; it ends with the test's process.
#[derive(Clone)]
pub(super) struct Policy {
    pub(super) port: u16,
    shared: Arc<Mutex<Asked>>,
}

struct Asked {
    rule: Rule,
    questions: Vec<(Stage, String)>,
    passed: Vec<Stage>,
}

impl Policy {
    /// A service that lets everything pass.
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let asked =
            Asked { rule: Arc::new(|_, _| None), questions: Vec::new(), passed: Vec::new() };
        let port = listener.local_addr().unwrap().port();
        let policy = Self { port, shared: Arc::new(Mutex::new(asked)) };
        let serving = policy.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let policy = serving.clone();
                // Postfix hangs up when its process ends; there is nobody to tell
                std::thread::spawn(move || drop(policy.serve(&stream)));
            }
        });
        policy
    }

    /// From now on every question is answered by `rule`, which gets the stage and the recipient.
    pub(super) fn set(
        &self,
        rule: impl Fn(Stage, &str) -> Option<&'static str> + Send + Sync + 'static,
    ) {
        self.lock().rule = Arc::new(rule);
    }

    /// How many questions of a stage were answered with a pass.
    pub(super) fn passed(&self, stage: Stage) -> usize {
        self.lock().passed.iter().filter(|passed| **passed == stage).count()
    }

    /// The recipients asked about at a stage, in order.
    pub(super) fn asked(&self, stage: Stage) -> Vec<String> {
        let shared = self.lock();
        let asked = shared.questions.iter().filter(|(at, _)| *at == stage);
        asked.map(|(_, recipient)| recipient.clone()).collect()
    }

    fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mut lines = BufReader::new(stream).lines();
        loop {
            let (mut at, mut recipient) = (Stage::Recipient, String::new());
            loop {
                let Some(line) = lines.next().transpose()? else { return Ok(()) };
                match line.split_once('=') {
                    Some(("protocol_state", "END-OF-MESSAGE")) => at = Stage::Dot,
                    Some(("recipient", value)) => value.clone_into(&mut recipient),
                    Some(_) => {}
                    None => break, // the empty line that ends a question
                }
            }
            let action = self.answer(at, recipient);
            stream.write_all(format!("action={action}\n\n").as_bytes())?;
        }
    }

    fn answer(&self, at: Stage, recipient: String) -> &'static str {
        let rule = Arc::clone(&self.lock().rule);
        // the rule may take its time, and other sessions go on meanwhile
        let action = rule(at, &recipient);
        let mut shared = self.lock();
        shared.questions.push((at, recipient));
        if action.is_none() {
            shared.passed.push(at);
        }
        action.unwrap_or("DUNNO")
    }

    fn lock(&self) -> MutexGuard<'_, Asked> {
        self.shared.lock().unwrap()
    }
}
