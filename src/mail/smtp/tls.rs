//! Which certificates are trusted, and the handshake.
//!
//! Must not know: SMTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::domain::delivery::Fault;
use crate::mail::smtp::settings::{Encryption, SmtpSettings};
use crate::mail::smtp::stream::ByteStream;

/// Why the certificates to trust cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TrustFault {
    /// The file named in the configuration cannot be read or holds no certificate.
    #[error("no certificate can be read from `{}`: {reason}", .path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// The system has no trusted certificates.
    #[error("the system has no trusted certificates")]
    NoSystemRoots,
    /// TLS itself cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// How a connection is protected, with what it takes to do so.
pub(super) enum Protection {
    None,
    StartTls(Trust),
    Implicit(Trust),
}

impl Protection {
    /// Reads the certificates that `settings` demand.
    pub(super) fn prepare(settings: &SmtpSettings) -> Result<Self, TrustFault> {
        let trust = || Trust::load(settings.ca_file.as_deref());
        match settings.encryption {
            Encryption::None => Ok(Self::None),
            Encryption::StartTls => trust().map(Self::StartTls),
            Encryption::Implicit => trust().map(Self::Implicit),
        }
    }
}

/// The certificates trusted, ready for handshakes.
pub(super) struct Trust(TlsConnector);

impl Trust {
    /// Trusts the certificates in `ca_file`, or the system's if there is none.
    fn load(ca_file: Option<&Path>) -> Result<Self, TrustFault> {
        let roots = match ca_file {
            Some(path) => roots_of_file(path)?,
            None => system_roots()?,
        };
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| TrustFault::Setup(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// Shakes hands; the certificate must bear the name `host`.
    pub(super) async fn encrypt(
        &self,
        host: &str,
        stream: Box<dyn ByteStream>,
    ) -> Result<TlsStream<Box<dyn ByteStream>>, Fault> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| Fault::Untrusted(error.to_string()))?;
        self.0.connect(name, stream).await.map_err(|error| Fault::Untrusted(error.to_string()))
    }
}

fn roots_of_file(path: &Path) -> Result<RootCertStore, TrustFault> {
    let unreadable = |reason: String| TrustFault::CaFile { path: path.to_path_buf(), reason };
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() { Err(unreadable("it holds none".to_owned())) } else { Ok(roots) }
}

fn system_roots() -> Result<RootCertStore, TrustFault> {
    let mut roots = RootCertStore::empty();
    let (added, _unusable) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 { Err(TrustFault::NoSystemRoots) } else { Ok(roots) }
}
