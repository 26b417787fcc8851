//! One TCP connection to the relay, plain or encrypted; reads whole replies, each with its own deadline.
//!
//! Must not know: which command follows which.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncBufRead as _, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::domain::delivery::Fault;
use crate::mail::smtp::reply::{ReplyLines, read_reply};
use crate::mail::smtp::stream::ByteStream;
use crate::mail::smtp::tls::Trust;

/// How long a connection is silent before TCP probes whether the relay is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);

pub(super) struct Connection(BufReader<Box<dyn ByteStream>>);

impl Connection {
    /// Looks the name up and connects to the first address that answers.
    pub(super) async fn open(host: &str, port: u16, deadline: Duration) -> Result<Self, Fault> {
        let stream = within(deadline, async {
            let stream =
                TcpStream::connect((host, port)).await.map_err(|error| Fault::broken(&error))?;
            set_options(&stream).map_err(|error| Fault::broken(&error))?;
            Ok(stream)
        });
        Ok(Self::over(Box::new(stream.await?)))
    }

    /// Does the TLS handshake. Refuses bytes that came before it: somebody may have injected them.
    pub(super) async fn encrypt(
        self,
        trust: &Trust,
        host: &str,
        deadline: Duration,
    ) -> Result<Self, Fault> {
        if self.has_unread() {
            return Err(Fault::MalformedReply);
        }
        let stream = within(deadline, trust.encrypt(host, self.0.into_inner())).await?;
        Ok(Self::over(Box::new(stream)))
    }

    /// Sends `command` and reads its reply, both within one deadline. A reply that was there before is none to it.
    pub(super) async fn command(
        &mut self,
        command: &str,
        deadline: Duration,
    ) -> Result<ReplyLines, Fault> {
        if self.has_early_bytes().await {
            return Err(Fault::MalformedReply);
        }
        within(deadline, async {
            self.write_all(command.as_bytes()).await?;
            read_reply(&mut self.0).await
        })
        .await
    }

    pub(super) async fn write(&mut self, bytes: &[u8], deadline: Duration) -> Result<(), Fault> {
        within(deadline, self.write_all(bytes)).await
    }

    pub(super) async fn read_reply(&mut self, deadline: Duration) -> Result<ReplyLines, Fault> {
        within(deadline, read_reply(&mut self.0)).await
    }

    /// True when the relay has sent more than the replies read so far.
    pub(super) fn has_unread(&self) -> bool {
        !self.0.buffer().is_empty()
    }

    /// True when bytes have arrived that no command asked for; does not wait for any.
    pub(super) async fn has_early_bytes(&mut self) -> bool {
        let stream = &mut self.0;
        poll_fn(|task| {
            Poll::Ready(match Pin::new(&mut *stream).poll_fill_buf(task) {
                Poll::Ready(Ok(bytes)) => !bytes.is_empty(),
                // the next command meets the end of the connection
                Poll::Ready(Err(_)) | Poll::Pending => false,
            })
        })
        .await
    }

    fn over(stream: Box<dyn ByteStream>) -> Self {
        Self(BufReader::new(stream))
    }

    async fn write_all(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let stream = self.0.get_mut();
        stream.write_all(bytes).await.map_err(|error| Fault::broken(&error))?;
        stream.flush().await.map_err(|error| Fault::broken(&error))
    }
}

/// One deadline over the whole of `work`: a relay that sends a byte now and then does not extend it.
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
