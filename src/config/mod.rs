//! Configuration: `duban.toml` with the environment over it, and the data files it names; every fault of all of them at
//! once, with file, line and key.
//!
//! Must not know: what the settings are used for. Callers: cli, daemon, logging, wiring. The environment is read here and
//! nowhere else.

pub mod calendars;
pub mod data;
pub mod ladders;
pub mod rules;

mod check;
mod document;
mod duban_toml;
mod fault;
mod file;
mod language;
mod meaning;
mod meaning_fault;
mod password;
mod reader;
mod settings;
mod syntax;

use std::collections::BTreeMap;
use std::path::PathBuf;

use document::Document;
use duban_toml::Checks;
use file::read_file;

pub use fault::{ConfigFault, DaysFault, FaultKind, NamedFileFault, Place, SyntaxFault};
pub use language::language;
pub use meaning_fault::MeaningFault;
pub use password::Login;
pub use settings::{
    DataSources, DeliverySettings, ItemSettings, LogFormat, LogSettings, MailSettings,
    OfficeSettings, RelaySettings, ScheduleSettings, Settings, TransportSettings,
};

/// The commented manual of every key; its values are the defaults.
pub const MANUAL: &str = include_str!("../../config/duban.toml");

/// Read when neither `--config` nor `DUBAN_CONFIG` names a file; may be missing.
pub const DEFAULT_FILE: &str = "/etc/duban/duban.toml";

/// Where settings come from besides the built-in defaults.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file that must exist, if one was named.
    pub named_file: Option<PathBuf>,
    /// The file read when none is named, if it exists.
    pub default_file: Option<PathBuf>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
}

impl Sources {
    /// The named file, and this process's environment.
    pub fn of_process(named_file: Option<PathBuf>) -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { named_file, default_file: Some(DEFAULT_FILE.into()), environment }
    }

    /// Reads and checks the settings.
    ///
    /// # Errors
    ///
    /// Every fault found, in the order of the file, then the environment, then those of the data files it names.
    pub fn load(&self) -> Result<Settings, Vec<ConfigFault>> {
        let path = self.file();
        let text = match &path {
            Some(path) => read_file(path).map_err(|fault| vec![fault])?,
            None => String::new(),
        };
        let document = Document::layered(MANUAL, path.as_deref(), &text, &self.environment)?;
        let checks = Checks { document: &document, environment: &self.environment };
        let Some(file) = document.read() else { return document.finish(None) };
        let (settings, sources) = checks.settings(file);
        document.finish(settings).map_err(|mut faults| {
            faults.extend(data::read(&sources).err().unwrap_or_default());
            faults
        })
    }

    /// The file to read: the named one, whether or not it exists; else the default one if it exists.
    fn file(&self) -> Option<PathBuf> {
        let by_environment = self.environment.get("DUBAN_CONFIG").filter(|path| !path.is_empty());
        let named = self.named_file.clone().or_else(|| by_environment.map(PathBuf::from));
        named.or_else(|| self.default_file.clone().filter(|file| file.exists()))
    }
}

/// Who runs this process, for the journal: the login name behind `sudo`, else the login name, else `operator`.
pub fn login_name(environment: &BTreeMap<String, String>) -> String {
    ["SUDO_USER", "LOGNAME", "USER"]
        .into_iter()
        .filter_map(|name| environment.get(name))
        .find(|name| !name.is_empty())
        .cloned()
        .unwrap_or_else(|| "operator".to_owned())
}

/// True when the service manager started this process and reads its output.
pub fn runs_under_systemd() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    std::env::var_os("JOURNAL_STREAM").is_some()
}
