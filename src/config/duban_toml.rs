//! The keys of `duban.toml`: each is a field of a struct below, checked into the [`Settings`] beside it.
//!
//! Must not know: where the settings are used.

use std::collections::BTreeMap;
use std::fs;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;

use serde::Deserialize;

use super::document::Document;
use super::fault::{Expected, FaultKind, NamedFileFault, Need};
use super::meaning;
use super::meaning_fault::MeaningFault;
use super::password::Login;
use super::reader::Field;
use super::settings::{
    DataSources, DeliverySettings, ItemSettings, LogFormat, LogSettings, MailSettings,
    OfficeSettings, RelaySettings, RetentionSettings, ScheduleSettings, Settings,
    TransportSettings,
};
use crate::domain::address::Address;
use crate::domain::deadline::{BeforeEdge, Conventions, SuspensionEdge};
use crate::domain::expression::{self, ParseContext};
use crate::domain::reminder::MailHours;
use crate::domain::retention::RetentionPolicy;
use crate::domain::target::{InternalTargets, can_be_target};
use crate::domain::term::Term;
use crate::mail::smtp::{Deadlines, Encryption, SmtpSettings};
use crate::words::Lang;

/// What was sent, and whether it arrived, is kept at least half a year: 网络安全法 art. 21(3) asks it of logs.
const LEAST_DAYS_OF_MAILS: u32 = 180;

/// A hundred years.
const MOST_DAYS: u32 = 36_525;

/// No relay takes more; it only keeps sums small.
const MOST_MAILS: u32 = 1_000_000;

#[derive(Deserialize)]
pub(super) struct DubanToml {
    office: Field<Office>,
    database: Field<Database>,
    mail: Field<Mail>,
    schedule: Field<Schedule>,
    delivery: Field<Delivery>,
    items: Field<Items>,
    data: Field<Data>,
    counting: Field<Counting>,
    retention: Field<Retention>,
    log: Field<Log>,
}

#[derive(Deserialize)]
struct Office {
    unit: Field<String>,
    language: Field<String>,
    signature: Field<String>,
    contact: Field<String>,
    operator: Field<String>,
}

#[derive(Deserialize)]
struct Database {
    path: Field<String>,
}

#[derive(Deserialize)]
struct Mail {
    transport: Field<String>,
    from: Field<String>,
    reply_to: Field<String>,
    redirect_to: Field<String>,
    calendar: Field<String>,
    maildir: Field<Maildir>,
    smtp: Field<Smtp>,
}

#[derive(Deserialize)]
struct Maildir {
    path: Field<String>,
}

#[derive(Deserialize)]
struct Smtp {
    host: Field<String>,
    port: Field<i64>,
    tls: Field<String>,
    ca_file: Field<String>,
    username: Field<String>,
    password_file: Field<String>,
    login_without_tls: Field<String>,
    sessions: Field<i64>,
    messages_per_connection: Field<i64>,
    per_minute: Field<i64>,
    per_domain_minute: Field<i64>,
    per_address_day: Field<i64>,
}

#[derive(Deserialize)]
struct Schedule {
    pass: Field<String>,
    heartbeat: Field<String>,
    mail_from: Field<String>,
    mail_until: Field<String>,
}

#[derive(Deserialize)]
struct Delivery {
    surge_limit: Field<i64>,
    clock_jump_hours: Field<i64>,
    longest_downtime_days: Field<i64>,
}

#[derive(Deserialize)]
struct Items {
    awaited_event_days: Field<i64>,
    suspended_days: Field<i64>,
}

#[derive(Deserialize)]
struct Data {
    calendars: Field<String>,
    rules: Field<String>,
    ladders: Field<String>,
    templates: Field<String>,
    local_days: Field<String>,
    unit_days: Field<String>,
    internal_targets: Field<String>,
}

#[derive(Deserialize)]
struct Counting {
    suspension: Field<String>,
    before: Field<String>,
}

#[derive(Deserialize)]
struct Retention {
    schedule: Field<String>,
    pack_mails_after_days: Field<i64>,
    mails_days: Field<i64>,
    incoming_days: Field<i64>,
    retired_contacts_days: Field<i64>,
    warn_megabytes: Field<i64>,
}

#[derive(Deserialize)]
struct Log {
    filter: Field<String>,
    format: Field<String>,
}

#[derive(Clone, Copy)]
enum Transport {
    Smtp,
    Maildir,
}

/// A document, and the environment in which a password may be found.
#[derive(Clone, Copy)]
pub(super) struct Checks<'a> {
    pub(super) document: &'a Document,
    pub(super) environment: &'a BTreeMap<String, String>,
}

impl Checks<'_> {
    /// Checks every value; `None` only together with at least one fault, as everywhere below.
    pub(super) fn settings(self, file: DubanToml) -> (Option<Settings>, DataSources) {
        let office = file.office.value.and_then(|table| self.office(&table));
        let database = file.database.value.and_then(|table| self.file(&table.path));
        let mail = file.mail.value.and_then(|table| self.mail(table));
        let schedule = file.schedule.value.and_then(|table| self.schedule(&table));
        let delivery = file.delivery.value.and_then(|table| self.delivery(&table));
        let items = file.items.value.and_then(|table| self.items(&table));
        let data = file.data.value.map(|table| self.data(&table)).unwrap_or_default();
        let counting = file.counting.value.and_then(|table| self.counting(&table));
        let retention = file.retention.value.and_then(|table| self.retention(&table));
        let log = file.log.value.and_then(|table| self.log(&table));
        let settings = || {
            Some(Settings {
                office: office?,
                database: database?,
                mail: mail?,
                schedule: schedule?,
                delivery: delivery?,
                items: items?,
                data: data.clone(),
                counting: counting?,
                retention: retention?,
                log: log?,
            })
        };
        (settings(), data)
    }

    fn office(self, table: &Office) -> Option<OfficeSettings> {
        let unit = self.needed(&table.unit, Need::Supervision);
        let language = self.document.word(&table.language, &[("zh", Lang::Zh), ("en", Lang::En)]);
        // Mails are signed with the name of the office unless another signature is given.
        let signature = self.document.text(&table.signature).filter(|text| !text.is_empty());
        let signature = signature.or_else(|| unit.clone());
        let contact = self.document.text(&table.contact);
        let operators = self.addresses(&table.operator);
        Some(OfficeSettings {
            unit: unit?,
            language: language?,
            signature: signature?,
            contact: contact?,
            operators,
        })
    }

    fn mail(self, table: Mail) -> Option<MailSettings> {
        let from = self.address(&table.from);
        let reply_to = self.address_if_any(&table.reply_to);
        let redirect_to = self.address_if_any(&table.redirect_to);
        let calendar = self.document.word(&table.calendar, &[("none", false), ("attached", true)]);
        let transports = [("smtp", Transport::Smtp), ("maildir", Transport::Maildir)];
        let transport = match self.document.word(&table.transport, &transports) {
            Some(Transport::Smtp) => {
                let relay = table.smtp.value.and_then(|smtp| self.relay(&smtp, from.as_ref()));
                relay.map(Box::new).map(TransportSettings::Smtp)
            }
            Some(Transport::Maildir) => {
                let path = table.maildir.value.and_then(|maildir| self.path(&maildir.path));
                path.map(TransportSettings::Maildir)
            }
            None => None,
        };
        let from = from?;
        Some(MailSettings {
            reply_to: reply_to.unwrap_or_else(|| from.clone()),
            from,
            redirect_to,
            with_calendar: calendar?,
            transport: transport?,
        })
    }

    fn relay(self, table: &Smtp, from: Option<&Address>) -> Option<RelaySettings> {
        let smtp = self.smtp(table, from);
        let sessions = self.document.number::<u16>(&table.sessions, 1, 64);
        let limit = |field| self.document.number::<u32>(field, 0, MOST_MAILS);
        let per_minute = limit(&table.per_minute);
        let per_domain_minute = limit(&table.per_domain_minute);
        let per_address_day = limit(&table.per_address_day);
        let login = self.login(table);
        if login.is_some() {
            self.refuse_readable_password(table, smtp.as_ref());
        }
        let unless_zero = |limit: u32| (limit > 0).then_some(limit);
        Some(RelaySettings {
            smtp: smtp?,
            login,
            sessions: sessions.and_then(NonZeroU16::new)?,
            per_minute: unless_zero(per_minute?),
            per_domain_minute: unless_zero(per_domain_minute?),
            per_address_day: unless_zero(per_address_day?),
        })
    }

    fn smtp(self, table: &Smtp, from: Option<&Address>) -> Option<SmtpSettings> {
        let host = self.needed(&table.host, Need::Relay);
        let host = host.and_then(|host| self.document.check(&table.host, |_| meaning::host(&host)));
        let port = self.document.number::<u16>(&table.port, 1, u16::MAX);
        let words = [
            ("none", Encryption::None),
            ("starttls", Encryption::StartTls),
            ("implicit", Encryption::Implicit),
        ];
        let encryption = self.document.word(&table.tls, &words);
        let ca_file = self.existing(&table.ca_file);
        let most = self.document.number::<u32>(&table.messages_per_connection, 1, 10_000);
        Some(SmtpSettings {
            host: host?,
            port: port?,
            encryption: encryption?,
            ca_file,
            credentials: None,
            hello: from?.domain().to_owned(),
            messages_per_connection: most.and_then(NonZeroU32::new)?,
            deadlines: Deadlines::default(),
        })
    }

    /// Without TLS everybody on the way reads the password.
    fn refuse_readable_password(self, table: &Smtp, smtp: Option<&SmtpSettings>) {
        let words = [("never", false), ("allowed", true)];
        let is_allowed = self.document.word(&table.login_without_tls, &words);
        let is_readable = smtp.is_some_and(|smtp| {
            smtp.encryption == Encryption::None && !meaning::is_on_this_machine(&smtp.host)
        });
        if is_readable && is_allowed == Some(false) {
            self.document.fault(table.tls.entry, MeaningFault::ReadableLogin.into());
        }
    }

    fn login(self, table: &Smtp) -> Option<Login> {
        let user = self.document.text(&table.username).filter(|user| !user.is_empty())?;
        let file = self.document.text(&table.password_file)?;
        let entry = table.password_file.entry;
        let place = self.document.place(entry);
        let key = self.document.key(entry).to_owned();
        Some(Login::of(user, &file, self.environment, place, key))
    }

    fn schedule(self, table: &Schedule) -> Option<ScheduleSettings> {
        let pass = self.cron(&table.pass);
        let heartbeat = self.cron(&table.heartbeat);
        let time = |field| self.document.parse(field, Expected::Time, |text| text.parse().ok());
        let (from, until) = (time(&table.mail_from), time(&table.mail_until));
        let mail_hours = MailHours { from: from?, until: until? };
        if mail_hours.from >= mail_hours.until {
            self.document.fault(table.mail_until.entry, FaultKind::EndsBeforeItBegins);
        } else if pass.as_ref().is_some_and(|pass| !meaning::meets(pass, mail_hours)) {
            self.document.fault(table.pass.entry, FaultKind::NeverInMailHours);
        }
        Some(ScheduleSettings { pass: pass?, heartbeat: heartbeat?, mail_hours })
    }

    fn delivery(self, table: &Delivery) -> Option<DeliverySettings> {
        let surge_limit = self.document.number::<u32>(&table.surge_limit, 1, MOST_MAILS);
        let hours = self.document.number::<u32>(&table.clock_jump_hours, 1, 365 * 24);
        let days = self.document.number::<u32>(&table.longest_downtime_days, 1, 3650);
        Some(DeliverySettings {
            surge_limit: surge_limit?,
            clock_jump_hours: hours?,
            longest_downtime_days: days?,
        })
    }

    fn items(self, table: &Items) -> Option<ItemSettings> {
        let awaited = self.document.number::<u32>(&table.awaited_event_days, 1, 3650);
        let suspended = self.document.number::<u32>(&table.suspended_days, 1, 3650);
        Some(ItemSettings { awaited_event_days: awaited?, suspended_days: suspended? })
    }

    fn data(self, table: &Data) -> DataSources {
        DataSources {
            calendars: self.existing(&table.calendars),
            rules: self.existing(&table.rules),
            ladders: self.existing(&table.ladders),
            templates: self.existing(&table.templates),
            local_days: self.existing(&table.local_days),
            unit_days: self.existing(&table.unit_days),
            internal_targets: self.internal_targets(&table.internal_targets),
        }
    }

    fn counting(self, table: &Counting) -> Option<Conventions> {
        let suspension = self
            .document
            .word(&table.suspension, &SuspensionEdge::ALL.map(|edge| (edge.word(), edge)));
        let before =
            self.document.word(&table.before, &BeforeEdge::ALL.map(|edge| (edge.word(), edge)));
        Some(Conventions { suspension: suspension?, before: before? })
    }

    fn retention(self, table: &Retention) -> Option<RetentionSettings> {
        let schedule = self.cron(&table.schedule);
        let unpacked_mails = self.days(&table.pack_mails_after_days, 1);
        let mails = self.days(&table.mails_days, LEAST_DAYS_OF_MAILS);
        let incoming = self.days(&table.incoming_days, 1);
        let retired_contacts = self.days(&table.retired_contacts_days, 1);
        let unless_zero = |days: u32| (days > 0).then_some(days);
        let megabytes = self.document.number::<u32>(&table.warn_megabytes, 0, u32::MAX)?;
        let warn_above_bytes = (megabytes > 0).then_some(u64::from(megabytes) * 1_000_000);
        let policy = RetentionPolicy {
            unpacked_mails: unless_zero(unpacked_mails?),
            mails: unless_zero(mails?),
            incoming: unless_zero(incoming?),
            retired_contacts: unless_zero(retired_contacts?),
            warn_above_bytes,
        };
        Some(RetentionSettings { schedule: schedule?, policy })
    }

    /// A number of days; 0 means for ever.
    fn days(self, field: &Field<i64>, least: u32) -> Option<u32> {
        self.document.check(field, |value| {
            let days = u32::try_from(*value).ok();
            let fits = |days: &u32| *days == 0 || (least..=MOST_DAYS).contains(days);
            let fault = FaultKind::NotDays { value: *value, least, greatest: MOST_DAYS };
            days.filter(fits).ok_or(fault)
        })
    }

    fn log(self, table: &Log) -> Option<LogSettings> {
        let words =
            [("auto", LogFormat::Auto), ("text", LogFormat::Text), ("json", LogFormat::Json)];
        let format = self.document.word(&table.format, &words);
        let filter = self.document.text(&table.filter);
        Some(LogSettings { filter: filter?, format: format? })
    }

    fn internal_targets(self, field: &Field<String>) -> InternalTargets {
        let value = self.document.text(field).unwrap_or_default();
        let pairs = value.split([',', '，', ';', '；']).map(str::trim);
        let mut targets = Vec::new();
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            if let Some(target) = target(pair) {
                targets.push(target);
            } else {
                let found = pair.to_owned();
                let kind = FaultKind::Unfit { expected: Expected::Target, found };
                self.document.fault(field.entry, kind);
            }
        }
        InternalTargets::new(targets)
    }

    fn needed(self, field: &Field<String>, by: Need) -> Option<String> {
        self.document.check(field, |text| match text.trim() {
            "" => Err(FaultKind::Needed { by }),
            text => Ok(text.to_owned()),
        })
    }

    fn path(self, field: &Field<String>) -> Option<PathBuf> {
        self.needed(field, Need::EveryCommand).map(PathBuf::from)
    }

    /// A file that is or will be there.
    fn file(self, field: &Field<String>) -> Option<PathBuf> {
        let path = self.needed(field, Need::EveryCommand)?;
        self.document.check(field, |_| meaning::file(&path))
    }

    /// A file or folder that must exist if the key names one.
    fn existing(self, field: &Field<String>) -> Option<PathBuf> {
        let path = self.document.text(field).filter(|path| !path.is_empty()).map(PathBuf::from)?;
        if let Err(error) = fs::metadata(&path) {
            let fault = NamedFileFault::Unusable(error.kind());
            self.document.fault(field.entry, FaultKind::File { path, fault });
            return None;
        }
        Some(path)
    }

    fn address(self, field: &Field<String>) -> Option<Address> {
        let value = self.needed(field, Need::EveryMail)?;
        self.document.check(field, |_| {
            Address::parse(&value).map_err(|fault| FaultKind::NotAnAddress { value, fault })
        })
    }

    /// Addresses with commas or semicolons between them; may be none.
    fn addresses(self, field: &Field<String>) -> Vec<Address> {
        let text = self.document.text(field).unwrap_or_default();
        let parts = text.split([',', ';', '，', '；', '、']).map(str::trim);
        let mut addresses = Vec::new();
        for part in parts.filter(|part| !part.is_empty()) {
            let read = self.document.check(field, |_| {
                let value = part.to_owned();
                Address::parse(part).map_err(|fault| FaultKind::NotAnAddress { value, fault })
            });
            addresses.extend(read.filter(|address| !addresses.contains(address)));
        }
        addresses
    }

    fn address_if_any(self, field: &Field<String>) -> Option<Address> {
        self.document.text(field).filter(|text| !text.is_empty())?;
        self.address(field)
    }

    fn cron(self, field: &Field<String>) -> Option<String> {
        self.document.check(field, |text| meaning::schedule(text.trim()))
    }
}

/// Reads `及时=10wd`.
fn target(pair: &str) -> Option<(String, Term)> {
    let (word, term) = pair.split_once('=')?;
    let term = expression::read(term.trim(), &ParseContext { year: None }).ok()?.term;
    let word = word.trim();
    (can_be_target(&term) && !word.is_empty()).then(|| (word.to_owned(), term))
}
