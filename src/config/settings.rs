//! Checked settings: what the rest of the program may rely on.
//!
//! Must not know: files, keys, the environment.

use std::num::NonZeroU16;
use std::path::PathBuf;

use super::meaning::is_on_this_machine;
use super::password::Login;
use crate::domain::address::Address;
use crate::domain::deadline::Conventions;
use crate::domain::reminder::MailHours;
use crate::domain::retention::RetentionPolicy;
use crate::domain::target::InternalTargets;
use crate::mail::smtp::SmtpSettings;
use crate::words::Lang;

#[derive(Clone, Debug)]
pub struct Settings {
    pub office: OfficeSettings,
    pub database: PathBuf,
    pub mail: MailSettings,
    pub schedule: ScheduleSettings,
    pub delivery: DeliverySettings,
    pub items: ItemSettings,
    pub data: DataSources,
    /// How days are counted where the law leaves it open.
    pub counting: Conventions,
    pub retention: RetentionSettings,
    pub log: LogSettings,
}

#[derive(Clone, Debug)]
pub struct OfficeSettings {
    pub unit: String,
    /// The language of the program, unless the caller chooses another; see [`language`](super::language()).
    pub language: Lang,
    pub signature: String,
    /// Whom a recipient may ask; may be empty.
    pub contact: String,
    /// Who get the daily report.
    pub operators: Vec<Address>,
}

#[derive(Clone, Debug)]
pub struct MailSettings {
    pub from: Address,
    pub reply_to: Address,
    /// Gets every mail in place of its recipient: an office that tries the program out.
    pub redirect_to: Option<Address>,
    /// Attach a calendar file.
    pub with_calendar: bool,
    pub transport: TransportSettings,
}

#[derive(Clone, Debug)]
pub enum TransportSettings {
    Smtp(Box<RelaySettings>),
    Maildir(PathBuf),
}

#[derive(Clone, Debug)]
pub struct RelaySettings {
    /// Without the login.
    pub smtp: SmtpSettings,
    /// Its password is read when the relay is reached.
    pub login: Option<Login>,
    pub sessions: NonZeroU16,
    /// Mails a minute to the relay, if limited.
    pub per_minute: Option<u32>,
    /// Mails a minute to one domain, if limited.
    pub per_domain_minute: Option<u32>,
    /// Attempts a day to one address, if limited.
    pub per_address_day: Option<u32>,
}

impl RelaySettings {
    /// True when mail to this relay stays on this machine at first: by name or address it is loopback.
    pub fn is_on_this_machine(&self) -> bool {
        is_on_this_machine(&self.smtp.host)
    }
}

#[derive(Clone, Debug)]
pub struct ScheduleSettings {
    pub pass: String,
    pub heartbeat: String,
    pub mail_hours: MailHours,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliverySettings {
    /// The surge limit never holds a pass with at most this many mails.
    pub surge_limit: u32,
    /// Mail is held when the clock moves forward by more while the service runs.
    pub clock_jump_hours: u32,
    /// Mail is held when the clock moved forward by more while the service did not run.
    pub longest_downtime_days: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemSettings {
    /// An event awaited for more days is an item.
    pub awaited_event_days: u32,
    /// A clock that stands still for more days is an item.
    pub suspended_days: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataSources {
    pub calendars: Option<PathBuf>,
    pub rules: Option<PathBuf>,
    pub ladders: Option<PathBuf>,
    pub templates: Option<PathBuf>,
    pub local_days: Option<PathBuf>,
    pub unit_days: Option<PathBuf>,
    pub internal_targets: InternalTargets,
}

#[derive(Clone, Debug)]
pub struct RetentionSettings {
    /// When the service packs and deletes what is due.
    pub schedule: String,
    pub policy: RetentionPolicy,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    pub filter: String,
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Structured lines for journald under systemd, otherwise text.
    Auto,
    Text,
    Json,
}
