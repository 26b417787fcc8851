//! The byte stream to the relay: a plain socket or TLS over it.
//!
//! Must not know: SMTP, certificates.

use tokio::io::{AsyncRead, AsyncWrite};

pub(super) trait ByteStream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> ByteStream for T {}
