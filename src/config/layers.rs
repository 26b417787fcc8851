//! Lays the file over the defaults and the environment over both, and remembers where each value came from.
//!
//! Must not know: which values are sensible (`check`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::MANUAL;
use super::fault::{ConfigFault, FaultKind, Place};
use super::keys::{self, Kind};

const PREFIX: &str = "DUBAN__";

/// The three layers as one.
pub(super) struct Layers {
    merged: Config,
    path: Option<PathBuf>,
    /// Line of each key of the file.
    lines: BTreeMap<String, usize>,
    /// Variable of each key of the environment.
    variables: BTreeMap<String, String>,
    /// The environment as given, for credentials.
    pub(super) environment: BTreeMap<String, String>,
}

impl Layers {
    /// Builds the layers from the text of a file and the environment.
    ///
    /// Unknown keys and values of another type are faults here; all of them are returned at once.
    pub(super) fn build(
        path: Option<&Path>,
        text: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, Vec<ConfigFault>> {
        let mut reading = Reading { path, text, lines: BTreeMap::new(), faults: Vec::new() };
        match DeTable::parse(text) {
            Ok(table) => reading.table("", table.get_ref()),
            Err(error) => return Err(vec![reading.syntax(&error)]),
        }
        let variables = reading.variables(environment);
        let settings = Environment::with_prefix("DUBAN")
            .prefix_separator("__")
            .separator("__")
            .source(Some(environment.clone().into_iter().collect()));
        let merged = Config::builder()
            .add_source(File::from_str(MANUAL, FileFormat::Toml))
            .add_source(File::from_str(text, FileFormat::Toml))
            .add_source(settings)
            .build();
        let Reading { lines, mut faults, .. } = reading;
        match merged {
            Ok(merged) if faults.is_empty() => Ok(Self {
                merged,
                path: path.map(Path::to_owned),
                lines,
                variables,
                environment: environment.clone(),
            }),
            Ok(_) => Err(faults),
            Err(error) => {
                faults.push(ConfigFault {
                    place: Place::Default,
                    key: String::new(),
                    kind: FaultKind::Syntax { message: error.to_string() },
                });
                Err(faults)
            }
        }
    }

    /// Where the value of `key` stands.
    pub(super) fn place(&self, key: &str) -> Place {
        if let Some(variable) = self.variables.get(key) {
            return Place::Environment { variable: variable.clone() };
        }
        match (&self.path, self.lines.get(key)) {
            (Some(path), Some(line)) => Place::File { path: path.clone(), line: Some(*line) },
            _ => Place::Default,
        }
    }

    /// The text of `key`, without white space around it.
    pub(super) fn text(&self, key: &str) -> String {
        self.merged.get_string(key).unwrap_or_default().trim().to_owned()
    }

    /// The number of `key`; `None` when the environment holds something else.
    pub(super) fn number(&self, key: &str) -> Option<i64> {
        self.merged.get_int(key).ok()
    }
}

/// A file and an environment being compared with the list of keys.
struct Reading<'a> {
    path: Option<&'a Path>,
    text: &'a str,
    lines: BTreeMap<String, usize>,
    faults: Vec<ConfigFault>,
}

impl Reading<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let path = match prefix {
                "" => name.get_ref().to_string(),
                prefix => format!("{prefix}.{}", name.get_ref()),
            };
            let line = self.line(name.span().start);
            self.lines.insert(path.clone(), line);
            if let (true, DeValue::Table(inner)) = (keys::is_table(&path), value.get_ref()) {
                self.table(&path, inner);
            } else {
                self.value(path, value, line);
            }
        }
    }

    fn value(&mut self, path: String, value: &Spanned<DeValue<'_>>, line: usize) {
        let Some(key) = keys::all_keys().find(|key| key.path == path) else {
            let kind = if keys::is_table(&path) {
                FaultKind::WrongType { expected: "a table" }
            } else {
                FaultKind::UnknownKey { similar: keys::similar(&path) }
            };
            return self.fault(path, line, kind);
        };
        match (key.kind, value.get_ref()) {
            (Kind::Text, DeValue::String(_)) | (Kind::Number, DeValue::Integer(_)) => {}
            (Kind::Text, _) => {
                self.fault(path, line, FaultKind::WrongType { expected: "a text in quotes" });
            }
            (Kind::Number, _) => {
                self.fault(path, line, FaultKind::WrongType { expected: "a whole number" });
            }
        }
    }

    /// Keys set by the environment; unknown ones are faults.
    fn variables(&mut self, environment: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut variables = BTreeMap::new();
        for name in environment.keys() {
            let Some(key) = name.strip_prefix(PREFIX) else { continue };
            let path = key.to_lowercase().replace("__", ".");
            if keys::all_keys().any(|key| key.path == path) {
                variables.insert(path, name.clone());
            } else {
                let kind = FaultKind::UnknownKey { similar: keys::similar(&path) };
                let place = Place::Environment { variable: name.clone() };
                self.faults.push(ConfigFault { place, key: path, kind });
            }
        }
        variables
    }

    fn syntax(&self, error: &toml::de::Error) -> ConfigFault {
        let line = error.span().map(|span| self.line(span.start));
        let kind = FaultKind::Syntax { message: error.message().to_owned() };
        ConfigFault { place: self.place(line), key: String::new(), kind }
    }

    fn fault(&mut self, key: String, line: usize, kind: FaultKind) {
        let place = self.place(Some(line));
        self.faults.push(ConfigFault { place, key, kind });
    }

    fn place(&self, line: Option<usize>) -> Place {
        match self.path {
            Some(path) => Place::File { path: path.to_owned(), line },
            None => Place::Default,
        }
    }

    /// Line of a byte offset, from 1.
    fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count().saturating_add(1)
    }
}
