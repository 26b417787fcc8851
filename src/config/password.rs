//! The relay's password: which file holds it, and reading it when somebody logs in.
//!
//! Must not know: what it opens. Loading the settings does not read it: most commands are for people who may not.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::fault::{ConfigFault, FaultKind, NamedFileFault, Place};
use crate::mail::smtp::Credentials;

/// Read when neither that key nor the service manager names a file.
const DEFAULT_FILE: &str = "/etc/duban/smtp-password";
/// Name of the file in the folder of credentials.
const CREDENTIAL: &str = "smtp-password";

/// Who logs in to the relay, and where the password is.
#[derive(Clone, Debug)]
pub struct Login {
    user: String,
    file: PathBuf,
    /// The service manager shows the file to this process alone, whatever its mode.
    is_guarded: bool,
    /// Of the key that names the file.
    place: Place,
    key: String,
}

impl Login {
    /// The login of `user`, whose password is in the file `named` at `place` by `key`, or where the environment says.
    pub(super) fn of(
        user: String,
        named: &str,
        environment: &BTreeMap<String, String>,
        place: Place,
        key: String,
    ) -> Self {
        let handed = environment.get("CREDENTIALS_DIRECTORY").filter(|_| named.is_empty());
        let file = match handed {
            Some(folder) => Path::new(folder).join(CREDENTIAL),
            None if named.is_empty() => PathBuf::from(DEFAULT_FILE),
            None => PathBuf::from(named),
        };
        Self { user, file, is_guarded: handed.is_some(), place, key }
    }

    /// Reads the password: the first line of its file.
    ///
    /// # Errors
    ///
    /// A fault of `mail.smtp.password_file` when others may read the file too, when this process may not, or when it is
    /// empty.
    pub fn credentials(&self) -> Result<Credentials, ConfigFault> {
        let password = self.first_line().map_err(|fault| ConfigFault {
            place: self.place.clone(),
            key: self.key.clone(),
            kind: FaultKind::File { path: self.file.clone(), fault },
        })?;
        Ok(Credentials { user: self.user.clone(), password: SecretString::from(password) })
    }

    fn first_line(&self) -> Result<String, NamedFileFault> {
        let is_open = || fs::metadata(&self.file).is_ok_and(|about| about.mode() & 0o077 != 0);
        if !self.is_guarded && is_open() {
            return Err(NamedFileFault::ReadableByOthers);
        }
        let text = fs::read_to_string(&self.file)
            .map_err(|error| NamedFileFault::Unusable(error.kind()))?;
        match text.lines().next() {
            None | Some("") => Err(NamedFileFault::Empty),
            Some(password) => Ok(password.to_owned()),
        }
    }
}
