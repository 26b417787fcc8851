//! One TCP connection to the relay, plain or encrypted; reads whole answers, each with its own deadline.
//!
//! Must not know: which command follows which.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::domain::delivery::Fault;
use crate::mail::smtp::reply::{Lines, read_reply};
use crate::mail::smtp::tls::Trust;

/// A dead peer shows within this time although nobody speaks.
const KEEPALIVE: Duration = Duration::from_mins(1);

/// A byte stream to the relay.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Wire for T {}

/// The connection.
pub(super) struct Link(BufReader<Box<dyn Wire>>);

impl Link {
    /// Looks the name up and connects to the first address that answers.
    pub(super) async fn open(host: &str, port: u16, deadline: Duration) -> Result<Self, Fault> {
        let stream = within(deadline, async {
            let stream = TcpStream::connect((host, port)).await.map_err(broken)?;
            set_options(&stream).map_err(broken)?;
            Ok(stream)
        });
        Ok(Self::over(Box::new(stream.await?)))
    }

    /// Shakes hands. Bytes that came before the handshake are an injection and break the link.
    pub(super) async fn encrypt(
        self,
        trust: &Trust,
        host: &str,
        deadline: Duration,
    ) -> Result<Self, Fault> {
        if self.has_unread() {
            return Err(Fault::Gibberish);
        }
        let stream = within(deadline, trust.encrypt(host, self.0.into_inner())).await?;
        Ok(Self::over(Box::new(stream)))
    }

    /// Sends `command` and reads its answer.
    pub(super) async fn ask(&mut self, command: &str, deadline: Duration) -> Result<Lines, Fault> {
        within(deadline, async {
            self.write(command.as_bytes()).await?;
            read_reply(&mut self.0).await
        })
        .await
    }

    /// Sends bytes that have no answer of their own.
    pub(super) async fn tell(&mut self, bytes: &[u8], deadline: Duration) -> Result<(), Fault> {
        within(deadline, self.write(bytes)).await
    }

    /// Reads the next answer.
    pub(super) async fn hear(&mut self, deadline: Duration) -> Result<Lines, Fault> {
        within(deadline, read_reply(&mut self.0)).await
    }

    /// True when the relay has said more than it was asked.
    pub(super) fn has_unread(&self) -> bool {
        !self.0.buffer().is_empty()
    }

    fn over(wire: Box<dyn Wire>) -> Self {
        Self(BufReader::new(wire))
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let wire = self.0.get_mut();
        wire.write_all(bytes).await.map_err(broken)?;
        wire.flush().await.map_err(broken)
    }
}

/// One deadline over the whole of `work`, however often it makes a little progress.
async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    timeout(deadline, work).await.unwrap_or(Err(Fault::TimedOut))
}

/// Without NODELAY every message waits 40 ms for a delayed acknowledgement.
fn set_options(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape map_err wants")]
fn broken(error: io::Error) -> Fault {
    Fault::Broken(error.to_string())
}
