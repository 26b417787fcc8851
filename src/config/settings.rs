//! Checked settings: what the rest of the program may rely on.
//!
//! Must not know: files, keys, the environment.

use std::num::NonZeroU16;
use std::path::PathBuf;

use super::password::Login;
use crate::domain::address::Address;
use crate::domain::deadline::Conventions;
use crate::domain::reminder::MailHours;
use crate::domain::target::InternalTargets;
use crate::mail::smtp::SmtpSettings;
use crate::words::Lang;

/// Everything a configuration says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The office that supervises.
    pub office: OfficeSettings,
    /// Path of the ledger.
    pub database: PathBuf,
    /// How mails leave.
    pub mail: MailSettings,
    /// When the service wakes.
    pub schedule: ScheduleSettings,
    /// How much it may send, and how far the clock is believed.
    pub delivery: DeliverySettings,
    /// The office's own data.
    pub data: DataSources,
    /// How the questions of counting are answered that the law leaves open.
    pub counting: Conventions,
    /// What is logged.
    pub log: LogSettings,
}

/// The office that supervises and signs.
#[derive(Clone, Debug)]
pub struct OfficeSettings {
    /// Name of its unit.
    pub unit: String,
    /// What the program speaks where the caller has not chosen a language.
    pub language: Lang,
    /// How mails are signed.
    pub signature: String,
    /// Whom a recipient may ask; may be empty.
    pub contact: String,
    /// Where duban itself writes to.
    pub operator: Option<Address>,
}

/// How mails leave.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// Sender.
    pub from: Address,
    /// Where answers go.
    pub reply_to: Address,
    /// Dates go along as a calendar file.
    pub with_calendar: bool,
    /// The way out.
    pub transport: TransportSettings,
}

/// The way out for mails.
#[derive(Clone, Debug)]
pub enum TransportSettings {
    /// A relay.
    Smtp(Box<RelaySettings>),
    /// A folder.
    Maildir(PathBuf),
}

/// A relay, and how much it is given.
#[derive(Clone, Debug)]
pub struct RelaySettings {
    /// How to reach it and speak to it, without a login.
    pub smtp: SmtpSettings,
    /// The login, if the relay wants one; its password is read when it is needed.
    pub login: Option<Login>,
    /// Connections at the same time.
    pub sessions: NonZeroU16,
    /// Mails a minute to the relay, if limited.
    pub per_minute: Option<u32>,
    /// Mails a minute to one domain, if limited.
    pub per_domain_minute: Option<u32>,
    /// Attempts a day to one address, if limited.
    pub per_address_day: Option<u32>,
}

/// When the service wakes and when mail may go out.
#[derive(Clone, Debug)]
pub struct ScheduleSettings {
    /// Cron line of the passes.
    pub pass: String,
    /// Cron line of the heartbeat.
    pub heartbeat: String,
    /// When mail may go out.
    pub mail_hours: MailHours,
}

/// How much a pass may send, and how far the clock is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliverySettings {
    /// Mails of one pass that are never held as a storm.
    pub storm_brake: u32,
    /// A clock that moves forward by more while the service runs is asked about.
    pub clock_jump_hours: u32,
    /// A clock that moved forward by more while the service did not run is asked about.
    pub longest_downtime_days: u32,
}

/// The office's own data beside what is built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataSources {
    /// Folder of calendar notices.
    pub calendars: Option<PathBuf>,
    /// File of rules.
    pub rules: Option<PathBuf>,
    /// File of ladders.
    pub ladders: Option<PathBuf>,
    /// Folder of mail templates.
    pub templates: Option<PathBuf>,
    /// File of local rest and work days.
    pub local_days: Option<PathBuf>,
    /// Folder of rest and work days of single units.
    pub unit_days: Option<PathBuf>,
    /// What the office sets itself where a document names no date.
    pub internal_targets: InternalTargets,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// Filter.
    pub filter: String,
    /// Form.
    pub format: LogFormat,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// The journal under systemd, else text.
    Auto,
    /// Text lines.
    Text,
    /// JSON lines.
    Json,
}
