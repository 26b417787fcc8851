//! From layered values to checked settings; collects every fault before it gives up.
//!
//! Must not know: where the settings are used.

use std::fs;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;
use std::str::FromStr as _;

use jiff::civil::Time;

use super::fault::{ConfigFault, FaultKind};
use super::layers::Layers;
use super::password::{Login, PASSWORD_KEY};
use super::settings::{
    DataSources, DeliverySettings, LogFormat, LogSettings, MailSettings, OfficeSettings,
    RelaySettings, ScheduleSettings, Settings, TransportSettings,
};
use crate::domain::address::Address;
use crate::domain::deadline::{BeforeEdge, Conventions, SuspensionEdge};
use crate::domain::expression::{self, ParseContext};
use crate::domain::reminder::MailHours;
use crate::domain::target::{InternalTargets, can_be_target};
use crate::mail::smtp::{Deadlines, Encryption, SmtpSettings};
use crate::words::Lang;

const SUSPENSION_WORDS: [&str; 2] =
    [SuspensionEdge::FirstDayCounts.word(), SuspensionEdge::FirstDayPaused.word()];
const BEFORE_WORDS: [&str; 2] =
    [BeforeEdge::EventIsDayZero.word(), BeforeEdge::FullDaysBetween.word()];

/// Checks every value.
pub(super) fn settings(layers: Layers) -> Result<Settings, Vec<ConfigFault>> {
    let mut check = Check { layers, faults: Vec::new() };
    let settings = check.all();
    match settings {
        Some(settings) if check.faults.is_empty() => Ok(settings),
        _ => Err(check.faults),
    }
}

struct Check {
    layers: Layers,
    faults: Vec<ConfigFault>,
}

impl Check {
    /// `None` only together with at least one fault.
    fn all(&mut self) -> Option<Settings> {
        let office = self.office();
        let database = self.path("database.path");
        let mail = self.mail();
        let schedule = self.schedule();
        let delivery = self.delivery();
        let data = DataSources {
            calendars: self.existing("data.calendars"),
            rules: self.existing("data.rules"),
            ladders: self.existing("data.ladders"),
            templates: self.existing("data.templates"),
            local_days: self.existing("data.local_days"),
            unit_days: self.existing("data.unit_days"),
            internal_targets: self.internal_targets(),
        };
        let counting = self.counting();
        let log = self.log();
        Some(Settings {
            office,
            database: database?,
            mail: mail?,
            schedule: schedule?,
            delivery: delivery?,
            data,
            counting: counting?,
            log: log?,
        })
    }

    fn office(&mut self) -> OfficeSettings {
        let unit = self.layers.text("office.unit");
        if unit.is_empty() {
            self.fault("office.unit", FaultKind::Needed { by: "the ladder's last rung" });
        }
        let language = self.word("office.language", &["zh", "en"]).and_then(Lang::parse);
        OfficeSettings {
            unit,
            language: language.unwrap_or_default(),
            signature: self.layers.text("office.signature"),
            contact: self.layers.text("office.contact"),
            operator: self.address_if_any("office.operator"),
        }
    }

    fn mail(&mut self) -> Option<MailSettings> {
        let from = self.address("mail.from");
        let reply_to = self.address_if_any("mail.reply_to");
        let calendar = self.word("mail.calendar", &["none", "attached"]);
        let transport = match self.word("mail.transport", &["smtp", "maildir"]) {
            Some("smtp") => self.relay(from.as_ref()).map(Box::new).map(TransportSettings::Smtp),
            Some(_) => self.path("mail.maildir.path").map(TransportSettings::Maildir),
            None => None,
        };
        let from = from?;
        Some(MailSettings {
            reply_to: reply_to.unwrap_or_else(|| from.clone()),
            from,
            with_calendar: calendar? == "attached",
            transport: transport?,
        })
    }

    fn relay(&mut self, from: Option<&Address>) -> Option<RelaySettings> {
        let smtp = self.smtp(from);
        let sessions = self.number("mail.smtp.sessions", 1, 64);
        let per_minute: Option<u32> = self.number("mail.smtp.per_minute", 0, 1_000_000);
        let per_domain_minute: Option<u32> =
            self.number("mail.smtp.per_domain_minute", 0, 1_000_000);
        let per_address_day: Option<u32> = self.number("mail.smtp.per_address_day", 0, 1_000_000);
        Some(RelaySettings {
            smtp: smtp?,
            login: self.login(),
            sessions: sessions.and_then(NonZeroU16::new)?,
            per_minute: per_minute.filter(|limit| *limit > 0),
            per_domain_minute: per_domain_minute.filter(|limit| *limit > 0),
            per_address_day: per_address_day.filter(|limit| *limit > 0),
        })
    }

    fn smtp(&mut self, from: Option<&Address>) -> Option<SmtpSettings> {
        let host = self.needed("mail.smtp.host", "mail.transport = \"smtp\"");
        let port = self.number("mail.smtp.port", 1, 65_535);
        let encryption = match self.word("mail.smtp.tls", &["none", "starttls", "implicit"]) {
            Some("none") => Some(Encryption::None),
            Some("starttls") => Some(Encryption::StartTls),
            Some(_) => Some(Encryption::Implicit),
            None => None,
        };
        let ca_file = self.existing("mail.smtp.ca_file");
        let messages_per_connection = self.number("mail.smtp.messages_per_connection", 1, 10_000);
        Some(SmtpSettings {
            host: host?,
            port: port?,
            encryption: encryption?,
            ca_file,
            credentials: None,
            hello: from?.domain().to_owned(),
            messages_per_connection: messages_per_connection.and_then(NonZeroU32::new)?,
            deadlines: Deadlines::default(),
        })
    }

    fn login(&mut self) -> Option<Login> {
        let user = self.layers.text("mail.smtp.username");
        let named = self.layers.text(PASSWORD_KEY);
        let place = self.layers.place(PASSWORD_KEY);
        (!user.is_empty()).then(|| Login::of(user, &named, &self.layers.environment, place))
    }

    fn schedule(&mut self) -> Option<ScheduleSettings> {
        let pass = self.cron("schedule.pass");
        let heartbeat = self.cron("schedule.heartbeat");
        let from = self.time("schedule.mail_from");
        let until = self.time("schedule.mail_until");
        let mail_hours = MailHours { from: from?, until: until? };
        if mail_hours.from >= mail_hours.until {
            self.fault("schedule.mail_until", FaultKind::WindowEndsBeforeItBegins);
        }
        Some(ScheduleSettings { pass: pass?, heartbeat: heartbeat?, mail_hours })
    }

    fn counting(&mut self) -> Option<Conventions> {
        let suspension = self.word("counting.suspension", &SUSPENSION_WORDS);
        let before = self.word("counting.before", &BEFORE_WORDS);
        let suspension =
            SuspensionEdge::ALL.into_iter().find(|edge| Some(edge.word()) == suspension);
        let before = BeforeEdge::ALL.into_iter().find(|edge| Some(edge.word()) == before);
        Some(Conventions { suspension: suspension?, before: before? })
    }

    fn delivery(&mut self) -> Option<DeliverySettings> {
        let storm_brake = self.number("delivery.storm_brake", 1, 1_000_000);
        let clock_jump_hours = self.number("delivery.clock_jump_hours", 1, 8760);
        let longest_downtime_days = self.number("delivery.longest_downtime_days", 1, 3650);
        Some(DeliverySettings {
            storm_brake: storm_brake?,
            clock_jump_hours: clock_jump_hours?,
            longest_downtime_days: longest_downtime_days?,
        })
    }

    fn internal_targets(&mut self) -> InternalTargets {
        let key = "data.internal_targets";
        let value = self.layers.text(key);
        let mut targets = Vec::new();
        for pair in value.split([',', '，', ';', '；']).map(str::trim).filter(|it| !it.is_empty())
        {
            let read = pair.split_once('=').and_then(|(word, term)| {
                let read = expression::read(term.trim(), &ParseContext { year: None }).ok()?;
                Some((word.trim().to_owned(), read.term))
            });
            match read {
                Some((word, term)) if can_be_target(&term) && !word.is_empty() => {
                    targets.push((word, term));
                }
                Some(_) | None => {
                    self.fault(key, FaultKind::NotATarget { value: pair.to_owned() });
                }
            }
        }
        InternalTargets::new(targets)
    }

    fn log(&mut self) -> Option<LogSettings> {
        let format = match self.word("log.format", &["auto", "text", "json"])? {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => LogFormat::Auto,
        };
        Some(LogSettings { filter: self.layers.text("log.filter"), format })
    }

    fn needed(&mut self, key: &'static str, by: &'static str) -> Option<String> {
        let text = self.layers.text(key);
        if text.is_empty() {
            self.fault(key, FaultKind::Needed { by });
            return None;
        }
        Some(text)
    }

    fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        self.needed(key, "every command").map(PathBuf::from)
    }

    /// A file or folder that must exist if it is named.
    fn existing(&mut self, key: &'static str) -> Option<PathBuf> {
        let path = PathBuf::from(self.layers.text(key));
        if path.as_os_str().is_empty() {
            return None;
        }
        if let Err(error) = fs::metadata(&path) {
            self.fault(key, FaultKind::FileUnusable { path, reason: error.kind() });
            return None;
        }
        Some(path)
    }

    fn address(&mut self, key: &'static str) -> Option<Address> {
        let value = self.needed(key, "every mail")?;
        Address::parse(&value)
            .map_err(|fault| self.fault(key, FaultKind::NotAnAddress { value, fault }))
            .ok()
    }

    fn address_if_any(&mut self, key: &'static str) -> Option<Address> {
        if self.layers.text(key).is_empty() { None } else { self.address(key) }
    }

    fn word(
        &mut self,
        key: &'static str,
        allowed: &'static [&'static str],
    ) -> Option<&'static str> {
        let value = self.layers.text(key);
        let found = allowed.iter().copied().find(|word| *word == value);
        if found.is_none() {
            self.fault(key, FaultKind::NotOneOf { value, allowed });
        }
        found
    }

    fn number<T: TryFrom<i64>>(
        &mut self,
        key: &'static str,
        least: i64,
        greatest: i64,
    ) -> Option<T> {
        let Some(value) = self.layers.number(key) else {
            self.fault(key, FaultKind::WrongType { expected: "a whole number" });
            return None;
        };
        if !(least..=greatest).contains(&value) {
            self.fault(key, FaultKind::OutOfRange { value, least, greatest });
            return None;
        }
        T::try_from(value).ok()
    }

    fn cron(&mut self, key: &'static str) -> Option<String> {
        let value = self.layers.text(key);
        let parser = croner::parser::CronParser::builder()
            .seconds(croner::parser::Seconds::Required)
            .build();
        match parser.parse(&value) {
            Ok(_) => Some(value),
            Err(error) => {
                self.fault(key, FaultKind::NotACronLine { value, reason: error.to_string() });
                None
            }
        }
    }

    fn time(&mut self, key: &'static str) -> Option<Time> {
        let value = self.layers.text(key);
        Time::from_str(&value).map_err(|_| self.fault(key, FaultKind::NotATime { value })).ok()
    }

    fn fault(&mut self, key: &'static str, kind: FaultKind) {
        let place = self.layers.place(key);
        self.faults.push(ConfigFault { place, key: key.to_owned(), kind });
    }
}
