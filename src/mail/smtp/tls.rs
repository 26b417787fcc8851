//! Which certificates are trusted, and the handshake.
//!
//! Must not know: SMTP.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

use crate::domain::delivery::Fault;
use crate::mail::smtp::settings::{Encryption, SmtpSettings};
use crate::mail::smtp::stream::ByteStream;
use crate::words;
use crate::words::{Lang, Say};

/// Why the certificates to trust cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum TrustFault {
    /// The file named in the configuration gives no certificate.
    CaFile { path: PathBuf, problem: CaFileProblem },
    /// The system has no trusted certificates.
    NoSystemRoots,
    /// TLS itself cannot be set up.
    Setup(#[source] rustls::Error),
}

/// What is wrong with a file of certificates.
#[derive(Debug)]
pub enum CaFileProblem {
    Unreadable(io::Error),
    NotPem,
    NoCertificate,
    /// A certificate is damaged or cannot be a root.
    UnusableCertificate,
}

impl Say for TrustFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::CaFile { path, problem } => words!(
                lang,
                zh = "无法从 {path} 读取证书：{reason}",
                en = "no certificate can be read from `{path}`: {reason}",
                path = path.display(),
                reason = problem.say(lang)
            ),
            Self::NoSystemRoots => lang
                .pick("系统没有受信任的证书", "the system has no trusted certificates")
                .to_owned(),
            Self::Setup(error) => {
                words!(lang, zh = "无法启用 TLS", en = "TLS cannot be set up: {error}")
            }
        }
    }
}

impl Say for CaFileProblem {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Unreadable(error) => return error.say(lang),
            Self::NotPem => ("不是 PEM 格式", "it is not in PEM format"),
            Self::NoCertificate => ("其中没有证书", "it contains no certificate"),
            Self::UnusableCertificate => {
                ("其中的证书无法使用", "it contains a certificate that cannot be used")
            }
        };
        lang.pick(zh, en).to_owned()
    }
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
            .map_err(TrustFault::Setup)?
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
    let roots = read_roots(path);
    roots.map_err(|problem| TrustFault::CaFile { path: path.to_path_buf(), problem })
}

fn read_roots(path: &Path) -> Result<RootCertStore, CaFileProblem> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(pem_problem)? {
        let added = roots.add(certificate.map_err(pem_problem)?);
        added.map_err(|_| CaFileProblem::UnusableCertificate)?;
    }
    if roots.is_empty() { Err(CaFileProblem::NoCertificate) } else { Ok(roots) }
}

fn pem_problem(error: pem::Error) -> CaFileProblem {
    match error {
        pem::Error::Io(error) => CaFileProblem::Unreadable(error),
        pem::Error::NoItemsFound => CaFileProblem::NoCertificate,
        pem::Error::MissingSectionEnd { .. }
        | pem::Error::IllegalSectionStart { .. }
        | pem::Error::Base64Decode(_)
        | pem::Error::SectionTooLarge
        | _ => CaFileProblem::NotPem,
    }
}

fn system_roots() -> Result<RootCertStore, TrustFault> {
    let mut roots = RootCertStore::empty();
    let (added, _unusable) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 { Err(TrustFault::NoSystemRoots) } else { Ok(roots) }
}
