//! A relay on loopback that does what a test tells it: answers, silence and broken links at any stage.
//!
//! Keeps every message it accepted, byte for byte.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What the relay does instead of answering as usual.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Answers this; a 2xx to DOT keeps the message, anything else drops it.
    Reply(&'static str),
    /// Answers as usual, but only once the test says so.
    Held(Arc<Notify>),
    /// Sends one byte of nothing at this distance, for ever: a slow relay is the case, so here time does pass.
    Drip(Duration),
    /// Never answers.
    Silence,
    /// Closes the link.
    Close,
    /// Only at DOT: keeps the message, then closes the link without a word.
    KeepAndClose,
}

/// A message the relay accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) body: Vec<u8>,
}

impl Mail {
    /// The Message-ID with its angle brackets.
    pub(crate) fn message_id(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:"));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, id)| id.trim()).to_owned()
    }
}

/// How the relay protects its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    None,
    /// With the certificate of this name in `tests/delivery/tls`.
    Start(&'static str),
    Implicit(&'static str),
}

/// A running relay; it stops when the test ends.
#[derive(Clone)]
pub(crate) struct SmtpServer {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

/// Called with each verb heard, before it is answered, and with KEPT once a message is kept but not answered for.
type Watch = Arc<dyn Fn(&str) + Send + Sync>;

struct State {
    watch: Option<Watch>,
    tls: Tls,
    extensions: Vec<&'static str>,
    plan: Vec<Planned>,
    mails: Vec<Mail>,
    said: Vec<String>,
    connections: usize,
}

struct Planned {
    verb: &'static str,
    containing: &'static str,
    act: Act,
    again: bool,
}

/// How a conversation in one protection ended.
enum Ended {
    Closed,
    Upgrade,
}

impl SmtpServer {
    /// A relay without TLS that announces PIPELINING, SIZE, 8BITMIME and DSN.
    pub(crate) async fn start() -> Self {
        Self::start_with(Tls::None, &["PIPELINING", "SIZE 1000000", "8BITMIME", "DSN"]).await
    }

    pub(crate) async fn start_with(tls: Tls, extensions: &[&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = State {
            watch: None,
            tls,
            extensions: extensions.to_vec(),
            plan: Vec::new(),
            mails: Vec::new(),
            said: Vec::new(),
            connections: 0,
        };
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::new(Mutex::new(state)),
        };
        let running = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                running.lock().connections += 1;
                tokio::spawn(serve(stream, running.clone()));
            }
        });
        server
    }

    /// The next `verb` (CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT, RSET, QUIT) gets `act`.
    pub(crate) fn once(&self, verb: &'static str, act: Act) -> &Self {
        self.plan(Planned { verb, containing: "", act, again: false })
    }

    /// Every `verb` gets `act`.
    pub(crate) fn always(&self, verb: &'static str, act: Act) -> &Self {
        self.plan(Planned { verb, containing: "", act, again: true })
    }

    /// Every RCPT to an address that contains `part` gets `act`.
    pub(crate) fn for_recipient(&self, part: &'static str, act: Act) -> &Self {
        self.plan(Planned { verb: "RCPT", containing: part, act, again: true })
    }

    /// Calls `watch` with each verb heard, and with KEPT for each message kept, before it is answered.
    pub(crate) fn watch(&self, watch: impl Fn(&str) + Send + Sync + 'static) {
        self.lock().watch = Some(Arc::new(watch));
    }

    /// Told each time `verb` is heard, before it is answered.
    pub(crate) fn hearing(&self, verb: &'static str) -> Arc<Notify> {
        let heard = Arc::new(Notify::new());
        let teller = Arc::clone(&heard);
        self.watch(move |said| {
            if said == verb {
                teller.notify_one();
            }
        });
        heard
    }

    /// From now on everything is answered as usual.
    pub(crate) fn behave(&self) {
        self.lock().plan.clear();
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.lock().mails.clone()
    }

    /// How often each Message-ID was accepted.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for mail in &self.lock().mails {
            *counts.entry(mail.message_id()).or_default() += 1;
        }
        counts
    }

    pub(crate) fn connections(&self) -> usize {
        self.lock().connections
    }

    /// Every command line heard, without its line end.
    pub(crate) fn said(&self) -> Vec<String> {
        self.lock().said.clone()
    }

    fn plan(&self, planned: Planned) -> &Self {
        self.lock().plan.push(planned);
        self
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn heard(&self, verb: &str) {
        let watch = self.lock().watch.clone();
        if let Some(watch) = watch {
            watch(verb);
        }
    }

    fn act_for(&self, verb: &str, line: &str) -> Option<Act> {
        let mut state = self.lock();
        let fits = |planned: &Planned| planned.verb == verb && line.contains(planned.containing);
        let place = state.plan.iter().position(fits)?;
        if state.plan[place].again {
            Some(state.plan[place].act.clone())
        } else {
            Some(state.plan.remove(place).act)
        }
    }

    fn hello(&self, encrypted: bool) -> String {
        let state = self.lock();
        let mut lines = vec!["relay.example".to_owned()];
        lines.extend(state.extensions.iter().map(|extension| (*extension).to_owned()));
        if matches!(state.tls, Tls::Start(_)) && !encrypted {
            lines.push("STARTTLS".to_owned());
        }
        let last = lines.pop().unwrap();
        let first = lines.join("\r\n250-");
        if first.is_empty() { format!("250 {last}") } else { format!("250-{first}\r\n250 {last}") }
    }
}

async fn serve(stream: TcpStream, server: SmtpServer) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let tls = server.lock().tls;
    match tls {
        Tls::None => converse(&mut BufReader::new(stream), &server, false).await.map(drop),
        Tls::Implicit(name) => {
            let stream = acceptor(name).accept(stream).await?;
            converse(&mut BufReader::new(stream), &server, true).await.map(drop)
        }
        Tls::Start(name) => {
            let mut plain = BufReader::new(stream);
            if let Ended::Upgrade = converse(&mut plain, &server, false).await? {
                let stream = acceptor(name).accept(plain.into_inner()).await?;
                resume(&mut BufReader::new(stream), &server).await?;
            }
            Ok(())
        }
    }
}

fn acceptor(name: &str) -> TlsAcceptor {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/delivery/tls");
    let chain = vec![CertificateDer::from_pem_file(folder.join(format!("{name}.pem"))).unwrap()];
    let key = PrivateKeyDer::from_pem_file(folder.join(format!("{name}.key"))).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    server: &SmtpServer,
    encrypted: bool,
) -> io::Result<Ended> {
    if answer(wire, server, "CONNECT", "", "220 relay.example ESMTP").await?.is_none() {
        return Ok(Ended::Closed);
    }
    commands(wire, server, encrypted).await
}

async fn resume<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    server: &SmtpServer,
) -> io::Result<Ended> {
    commands(wire, server, true).await
}

async fn commands<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    server: &SmtpServer,
    encrypted: bool,
) -> io::Result<Ended> {
    let (mut from, mut to) = (String::new(), String::new());
    while let Some(line) = read_line(wire).await? {
        server.lock().said.push(line.clone());
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let usual = match verb.as_str() {
            "EHLO" => server.hello(encrypted),
            "AUTH" if line.ends_with("LOGIN") => "334 VXNlcm5hbWU6".to_owned(),
            "AUTH" => "235 2.7.0 ok".to_owned(),
            "DATA" if to.is_empty() => "503 5.5.1 no recipient".to_owned(),
            "DATA" => "354 go ahead".to_owned(),
            "STARTTLS" => "220 go ahead".to_owned(),
            "QUIT" => "221 bye".to_owned(),
            _ => "250 2.0.0 ok".to_owned(),
        };
        let Some(said) = answer(wire, server, &verb, &line, &usual).await? else {
            return Ok(Ended::Closed);
        };
        let went_well = said.starts_with('2') || said.starts_with('3');
        match verb.as_str() {
            "STARTTLS" if went_well => return Ok(Ended::Upgrade),
            "QUIT" => return Ok(Ended::Closed),
            "AUTH" if said.starts_with("334") => log_in(wire, server).await?,
            "MAIL" if went_well => (from, to) = (address_in(&line), String::new()),
            "RCPT" if went_well => to = address_in(&line),
            "RSET" | "EHLO" => (from, to) = Default::default(),
            "DATA" if said.starts_with("354") => {
                let Some(body) = read_body(wire).await? else { return Ok(Ended::Closed) };
                let mail =
                    Mail { from: std::mem::take(&mut from), to: std::mem::take(&mut to), body };
                if !take(wire, server, mail).await? {
                    return Ok(Ended::Closed);
                }
            }
            _ => {}
        }
    }
    Ok(Ended::Closed)
}

/// Answers as planned or as usual; `None` when the link is to be closed.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    server: &SmtpServer,
    verb: &str,
    line: &str,
    usual: &str,
) -> io::Result<Option<String>> {
    server.heard(verb);
    carry_out(wire, server.act_for(verb, line), usual).await
}

async fn carry_out<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    act: Option<Act>,
    usual: &str,
) -> io::Result<Option<String>> {
    let text = match act {
        None => usual.to_owned(),
        Some(Act::Reply(text)) => text.to_owned(),
        Some(Act::Held(released)) => {
            released.notified().await;
            usual.to_owned()
        }
        Some(Act::Drip(pause)) => loop {
            wire.get_mut().write_all(b"2").await?;
            tokio::time::sleep(pause).await;
        },
        Some(Act::Silence) => std::future::pending().await,
        Some(Act::Close | Act::KeepAndClose) => return Ok(None),
    };
    wire.get_mut().write_all(format!("{text}\r\n").as_bytes()).await?;
    wire.get_mut().flush().await?;
    Ok(Some(text))
}

/// Keeps a message unless it is planned otherwise, then answers; false when the link is to be closed.
async fn take<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    server: &SmtpServer,
    mail: Mail,
) -> io::Result<bool> {
    server.heard("DOT");
    let act = server.act_for("DOT", &mail.to);
    let keeps = match &act {
        None | Some(Act::Held(_) | Act::KeepAndClose) => true,
        Some(Act::Reply(text)) => text.starts_with('2'),
        Some(Act::Drip(_) | Act::Silence | Act::Close) => false,
    };
    if keeps {
        server.lock().mails.push(mail);
        server.heard("KEPT");
    }
    Ok(carry_out(wire, act, "250 2.0.0 queued").await?.is_some())
}

async fn log_in<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    server: &SmtpServer,
) -> io::Result<()> {
    for reply in ["334 UGFzc3dvcmQ6\r\n", "235 2.7.0 ok\r\n"] {
        let Some(line) = read_line(wire).await? else { return Ok(()) };
        server.lock().said.push(line);
        wire.get_mut().write_all(reply.as_bytes()).await?;
        wire.get_mut().flush().await?;
    }
    Ok(())
}

async fn read_line<S: AsyncRead + Unpin>(wire: &mut BufReader<S>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if wire.read_until(b'\n', &mut line).await? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
}

async fn read_body<S: AsyncRead + Unpin>(wire: &mut BufReader<S>) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let mut line = Vec::new();
        if wire.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        if line == b".\r\n" {
            return Ok(Some(body));
        }
        body.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}

fn address_in(line: &str) -> String {
    let inner = line.split('<').nth(1).and_then(|rest| rest.split('>').next());
    inner.unwrap_or_default().to_owned()
}
