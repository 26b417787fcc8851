//! A configuration file as a tree: each value with its key and place, and the faults found in the file.
//!
//! Must not know: which keys there are (the structs read from it by `reader`).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use config::{Config, Environment, File, FileFormat, ValueKind};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{ConfigFault, FaultKind, Place};
use super::file::line_of;
use super::syntax::syntax_fault;

/// `DUBAN__OFFICE__UNIT` sets `office.unit`.
const PREFIX: &str = "DUBAN";
const SEPARATOR: &str = "__";

/// One file, with defaults below it and the environment above it where it has them.
pub(super) struct Document {
    root: Node,
    entries: Vec<Entry>,
    path: Option<PathBuf>,
    text: String,
    environment: BTreeMap<String, String>,
    faults: RefCell<Vec<ConfigFault>>,
}

/// A value, and the number of its entry.
pub(super) struct Node {
    pub(super) entry: usize,
    pub(super) value: Value,
}

pub(super) enum Value {
    Table(BTreeMap<String, Node>),
    List(Vec<Node>),
    Text(String),
    Number(i64),
    /// Nothing that a key takes: a fraction, true or false, a date without quotes.
    Other,
}

/// What a fault says of the value it concerns. The line is counted when a fault is said.
struct Entry {
    key: String,
    /// Where it stands in the file, if it does.
    offset: Option<usize>,
}

impl Document {
    /// Parses a file that stands alone.
    ///
    /// # Errors
    ///
    /// Every syntax fault.
    pub(super) fn of_file(path: &Path, text: &str) -> Result<Self, Vec<ConfigFault>> {
        Self::layered("", Some(path), text, &BTreeMap::new())
    }

    /// Parses a file and lays it over `defaults`, and the environment over both.
    ///
    /// # Errors
    ///
    /// Every syntax fault of the file.
    pub(super) fn layered(
        defaults: &str,
        path: Option<&Path>,
        text: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, Vec<ConfigFault>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            return Err(errors.iter().map(|error| syntax_fault(path, text, error)).collect());
        }
        let variables = Environment::with_prefix(PREFIX)
            .prefix_separator(SEPARATOR)
            .separator(SEPARATOR)
            .source(Some(environment.clone().into_iter().collect()));
        let layers = Config::builder()
            .add_source(File::from_str(defaults, FileFormat::Toml))
            .add_source(File::from_str(text, FileFormat::Toml))
            .add_source(variables)
            .build();
        let values = layers.map_err(|_| {
            let place = Place::File { path: path.unwrap_or(Path::new("")).to_owned(), line: None };
            vec![ConfigFault { place, key: String::new(), kind: FaultKind::NumberTooLarge }]
        })?;
        let mut tree = Tree { entries: Vec::new(), names: BTreeSet::new() };
        let root = tree.table("", 0, values.cache.kind, Some(table.get_ref()));
        Ok(Self {
            root,
            entries: tree.entries,
            path: path.map(Path::to_owned),
            text: text.to_owned(),
            environment: environment.clone(),
            faults: RefCell::default(),
        })
    }

    pub(super) fn root(&self) -> &Node {
        &self.root
    }

    pub(super) fn key(&self, entry: usize) -> &str {
        self.entries.get(entry).map_or("", |entry| &entry.key)
    }

    pub(super) fn place(&self, entry: usize) -> Place {
        self.entries.get(entry).map_or(Place::Default, |entry| self.place_of(entry))
    }

    fn place_of(&self, Entry { key, offset }: &Entry) -> Place {
        let variable = format!("{PREFIX}.{key}").replace('.', SEPARATOR).to_uppercase();
        if self.environment.contains_key(&variable) {
            return Place::Environment { variable };
        }
        match (&self.path, offset) {
            (Some(path), Some(offset)) => {
                Place::File { path: path.clone(), line: Some(line_of(&self.text, *offset)) }
            }
            _ => Place::Default,
        }
    }

    /// Records what is wrong with the value of `entry`.
    pub(super) fn fault(&self, entry: usize, kind: FaultKind) {
        self.fault_below(entry, "", kind);
    }

    /// Records what is wrong with the key `name` of the table of `entry`, where no value stands.
    pub(super) fn fault_below(&self, entry: usize, name: &str, kind: FaultKind) {
        let key = join(self.key(entry), name);
        self.faults.borrow_mut().push(ConfigFault { place: self.place(entry), key, kind });
    }

    /// Records what is wrong with `key`; without a value of this key, at the whole file.
    pub(super) fn fault_of_key(&self, key: &str, kind: FaultKind) {
        let entry = self.entries.iter().find(|entry| entry.key == key);
        let whole_file = || Place::File { path: self.path.clone().unwrap_or_default(), line: None };
        let place = entry.map_or_else(whole_file, |entry| self.place_of(entry));
        self.faults.borrow_mut().push(ConfigFault { place, key: key.to_owned(), kind });
    }

    /// True if a value of this key stands in the file.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    pub(super) fn is_sound(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// Returns what was read if no fault was recorded, else every fault: those of the file by line, then those of the
    /// environment.
    ///
    /// # Errors
    ///
    /// Every fault recorded.
    pub(super) fn finish<T>(self, read: Option<T>) -> Result<T, Vec<ConfigFault>> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| match &fault.place {
            Place::File { line, .. } => line.unwrap_or(usize::MAX - 1),
            Place::Environment { .. } | Place::Default => usize::MAX,
        });
        read.filter(|_| faults.is_empty()).ok_or(faults)
    }
}

pub(super) fn join(key: &str, name: &str) -> String {
    match (key, name) {
        ("", only) | (only, "") => only.to_owned(),
        (key, name) => format!("{key}.{name}"),
    }
}

/// The tree while it is built: the values of all layers, beside the spans of the file.
struct Tree {
    entries: Vec<Entry>,
    /// Keys of list items that are called by their name.
    names: BTreeSet<String>,
}

/// Keys that had another name: table, old name, name. The old one is still taken.
const OLD_NAMES: [(&str, &str, &str); 1] = [("delivery", "storm_brake", "surge_limit")];

impl Tree {
    fn table(
        &mut self,
        key: &str,
        offset: usize,
        values: ValueKind,
        spans: Option<&DeTable<'_>>,
    ) -> Node {
        let entry = self.enter(key.to_owned(), Some(offset).filter(|_| spans.is_some()));
        let ValueKind::Table(values) = values else { return Node { entry, value: Value::Other } };
        let mut table = BTreeMap::new();
        for (name, value) in values {
            let span = spans.and_then(|spans| spans.get_key_value(name.as_str()));
            let offset = span.map(|(name, _)| name.span().start);
            let node = self.node(join(key, &name), offset, value.kind, span.map(|(_, it)| it));
            table.insert(name, node);
        }
        for (_, old, new) in OLD_NAMES.iter().filter(|(of, _, _)| *of == key) {
            if let Some(node) = table.remove(*old) {
                table.insert((*new).to_owned(), node);
            }
        }
        Node { entry, value: Value::Table(table) }
    }

    fn node(
        &mut self,
        key: String,
        offset: Option<usize>,
        value: ValueKind,
        span: Option<&Spanned<DeValue<'_>>>,
    ) -> Node {
        let in_file = span.map(Spanned::get_ref);
        if let ValueKind::Table(_) = value {
            let table = in_file.and_then(DeValue::as_table);
            return self.table(&key, offset.unwrap_or_default(), value, table);
        }
        let entry = self.enter(key.clone(), offset);
        let value = match value {
            ValueKind::String(text) => Value::Text(text),
            ValueKind::I64(number) => Value::Number(number),
            ValueKind::Array(items) => {
                let spans = in_file.and_then(DeValue::as_array);
                let mut nodes = Vec::new();
                for (n, item) in items.into_iter().enumerate() {
                    let span = spans.and_then(|spans| spans.get(n));
                    let key = join(&key, &self.name_of_item(&key, n + 1, &item.kind));
                    let offset = span.map(|span| span.span().start);
                    nodes.push(self.node(key, offset, item.kind, span));
                }
                Value::List(nodes)
            }
            ValueKind::Table(_)
            | ValueKind::Nil
            | ValueKind::Boolean(_)
            | ValueKind::I128(_)
            | ValueKind::U64(_)
            | ValueKind::U128(_)
            | ValueKind::Float(_) => Value::Other,
        };
        Node { entry, value }
    }

    /// An item of a list is called by its `name` if it has one that no earlier item has, else by its number, from 1.
    fn name_of_item(&mut self, list: &str, number: usize, item: &ValueKind) -> String {
        let name = if let ValueKind::Table(table) = item { table.get("name") } else { None };
        if let Some(ValueKind::String(name)) = name.map(|name| &name.kind)
            && self.names.insert(join(list, name))
        {
            return name.clone();
        }
        number.to_string()
    }

    fn enter(&mut self, key: String, offset: Option<usize>) -> usize {
        self.entries.push(Entry { key, offset });
        self.entries.len() - 1
    }
}
