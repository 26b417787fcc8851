//! The list of every key that a configuration may hold.
//!
//! Must not know: what the values mean (`check`).

/// A key of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Dotted path.
    pub path: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Number,
}

const TEXTS: &[&str] = &[
    "office.unit",
    "office.language",
    "office.signature",
    "office.contact",
    "office.operator",
    "database.path",
    "mail.transport",
    "mail.from",
    "mail.reply_to",
    "mail.calendar",
    "mail.maildir.path",
    "mail.smtp.host",
    "mail.smtp.tls",
    "mail.smtp.ca_file",
    "mail.smtp.username",
    "mail.smtp.password_file",
    "schedule.pass",
    "schedule.heartbeat",
    "schedule.mail_from",
    "schedule.mail_until",
    "data.calendars",
    "data.rules",
    "data.ladders",
    "data.templates",
    "data.local_days",
    "data.unit_days",
    "counting.suspension",
    "counting.before",
    "data.internal_targets",
    "log.filter",
    "log.format",
];

const NUMBERS: &[&str] = &[
    "mail.smtp.port",
    "mail.smtp.sessions",
    "mail.smtp.messages_per_connection",
    "mail.smtp.per_minute",
    "mail.smtp.per_domain_minute",
    "mail.smtp.per_address_day",
    "delivery.storm_brake",
    "delivery.clock_jump_hours",
    "delivery.longest_downtime_days",
];

/// Every key there is.
pub fn all_keys() -> impl Iterator<Item = Key> {
    let texts = TEXTS.iter().map(|path| Key { path, kind: Kind::Text });
    texts.chain(NUMBERS.iter().map(|path| Key { path, kind: Kind::Number }))
}

/// True when `path` is a key, or a table that holds keys.
pub(super) fn is_table(path: &str) -> bool {
    all_keys().any(|key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
}

/// The key most like `path`, if any is like it at all.
pub(super) fn similar(path: &str) -> Option<&'static str> {
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let likeness = |key: &str| {
        strsim::jaro_winkler(key, path).max(strsim::jaro_winkler(&last(key), &last(path)) * 0.98)
    };
    all_keys()
        .map(|key| (likeness(key.path), key.path))
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, path)| path)
}
