//! Builds the real law (calendar, rules, ladders) and mailer from checked settings.
//!
//! Must not know: commands, SQL, SMTP.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::clock::Clock;

use crate::config::calendars::{self, CalendarFileFault};
use crate::config::fitting;
use crate::config::ladders::{self, LadderFileFault};
use crate::config::rules::{self, RuleFileFault};
use crate::config::{ConfigFault, DataSources, Login, RelaySettings, Settings, TransportSettings};
use crate::domain::calendar::{CalendarFault, Notice, WorkCalendar};
use crate::domain::delivery::{SendingHours, SurgeLimit};
use crate::domain::ladder::{Ladders, Misfit, misfits};
use crate::domain::rule::Rulebook;
use crate::domain::watch::ClockLimits;
use crate::mail::Mailer;
use crate::mail::compose::Office;
use crate::mail::maildir::MaildirMailer;
use crate::mail::one_line::OneLine;
use crate::mail::smtp::{SmtpMailer, SmtpSettings, TrustFault};
use crate::mail::templates::{TemplateFault, Templates};
use crate::storage::StorageError;
use crate::storage::calendars::{Calendars as _, StoredNotice};
use crate::storage::outbox::{ClaimTerms, Outbox};
use crate::storage::sqlite::Sqlite;
use crate::workflows::Law;
use crate::workflows::deliver::Delivery;
use crate::workflows::remind::Reminding;
use crate::workflows::seal_messages::Stationery;
use crate::workflows::watch::Watch;

/// Why the law could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum WiringFault {
    /// A calendar file is not usable.
    #[error(transparent)]
    CalendarFile(#[from] CalendarFileFault),
    /// The notices do not make a calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarFault),
    /// Two files of days for one unit.
    #[error("{}: another file holds the days of {unit} already", .file.display())]
    UnitTwice {
        /// The second file.
        file: PathBuf,
        /// The unit.
        unit: String,
    },
    /// The ladders cannot be read; every fault.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Ladders(Vec<LadderFileFault>),
    /// The rules cannot be read; every fault.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Rules(Vec<RuleFileFault>),
    /// The certificates to trust cannot be read.
    #[error(transparent)]
    Trust(#[from] TrustFault),
    /// The password of the relay cannot be read.
    #[error("{}: no password of the relay", .0.key)]
    Password(ConfigFault),
    /// Templates of the office are broken.
    #[error("the templates hold {} faults", .0.len())]
    Templates(Vec<TemplateFault>),
    /// A data file of the office cannot be read.
    #[error("cannot read {}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Puts together what is in force: what is built in, what the office's files add, and the notices imported into its
/// ledger. Of several notices for one year the last named is in force.
///
/// # Errors
///
/// The first file that cannot be used.
pub fn law(settings: &Settings, imported: &[StoredNotice]) -> Result<Law, WiringFault> {
    let sources = &settings.data;
    let mut notices = calendars::shipped()?;
    if let Some(folder) = &sources.calendars {
        add_notices(&mut notices, folder)?;
    }
    for StoredNotice { file, body, .. } in imported {
        take_in(&mut notices, calendars::read(file, body)?);
    }
    let mut calendar = WorkCalendar::merge(&notices)?;
    if let Some(file) = &sources.local_days {
        calendar = calendar.overlaid(&calendars::read_local(&name(file), &text(file)?)?)?;
    }
    let units = unit_calendars(sources, &calendar)?;
    let (ladders, rules) = (ladders(sources)?, rules(sources)?);
    refuse_misfits(sources, &misfits(&rules, &ladders))?;
    let law = Law::new(calendar, ladders, rules);
    let law = law.with_targets(sources.internal_targets.clone());
    Ok(law.with_unit_calendars(units).under(settings.counting))
}

/// The calendars of units that keep days of their own, laid over that of the office.
fn unit_calendars(
    sources: &DataSources,
    office: &WorkCalendar,
) -> Result<BTreeMap<String, WorkCalendar>, WiringFault> {
    let mut calendars = BTreeMap::new();
    let Some(folder) = &sources.unit_days else { return Ok(calendars) };
    for file in json_files(folder)? {
        let (unit, overlay) = calendars::read_unit_days(&name(&file), &text(&file)?)?;
        if calendars.insert(unit.clone(), office.overlaid(&overlay)?).is_some() {
            return Err(WiringFault::UnitTwice { file, unit });
        }
    }
    Ok(calendars)
}

/// The rules that are built in; those of the office's file are added, or replace one by its name.
fn rules(sources: &DataSources) -> Result<Rulebook, WiringFault> {
    let shipped = rules::shipped().map_err(WiringFault::Rules)?;
    match &sources.rules {
        Some(file) => rules::read(&name(file), &text(file)?, &shipped).map_err(WiringFault::Rules),
        None => Ok(shipped),
    }
}

/// The ladders that are built in; those of the office's file are added, or replace one by its name.
fn ladders(sources: &DataSources) -> Result<Ladders, WiringFault> {
    let mut all = ladders::shipped().map_err(WiringFault::Ladders)?;
    if let Some(file) = &sources.ladders {
        all.extend(ladders::read(&name(file), &text(file)?).map_err(WiringFault::Ladders)?);
    }
    Ok(Ladders::new(all))
}

/// Refuses a ladder with a rung outside the term of a rule that climbs it, at the office's file that brought them together.
fn refuse_misfits(sources: &DataSources, misfits: &[Misfit]) -> Result<(), WiringFault> {
    if misfits.is_empty() {
        return Ok(());
    }
    if let Some(file) = &sources.rules {
        let faults = fitting::in_rules(&name(file), &text(file)?, misfits);
        if !faults.is_empty() {
            return Err(WiringFault::Rules(faults));
        }
    }
    if let Some(file) = &sources.ladders {
        let faults = fitting::in_ladders(&name(file), &text(file)?, misfits);
        if !faults.is_empty() {
            return Err(WiringFault::Ladders(faults));
        }
    }
    Ok(())
}

/// Adds the notices of a folder; one for a year that is known replaces it.
fn add_notices(notices: &mut Vec<Notice>, folder: &Path) -> Result<(), WiringFault> {
    for file in json_files(folder)? {
        take_in(notices, calendars::read(&name(&file), &text(&file)?)?);
    }
    Ok(())
}

fn take_in(notices: &mut Vec<Notice>, notice: Notice) {
    notices.retain(|known| known.year != notice.year);
    notices.push(notice);
}

fn name(file: &Path) -> String {
    file.display().to_string()
}

fn text(file: &Path) -> Result<String, WiringFault> {
    std::fs::read_to_string(file)
        .map_err(|source| WiringFault::File { path: file.to_owned(), source })
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, WiringFault> {
    let fault = |source| WiringFault::File { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What letters are written on.
///
/// # Errors
///
/// [`WiringFault::Templates`] with every fault of the office's own templates.
pub fn stationery(settings: &Settings) -> Result<Stationery, WiringFault> {
    let templates = match &settings.data.templates {
        Some(folder) => Templates::with_folder(folder).map_err(WiringFault::Templates)?,
        None => Templates::shipped(),
    };
    let office = Office {
        name: OneLine::clean(&settings.office.signature),
        address: settings.mail.from.clone(),
        reply_to: settings.mail.reply_to.clone(),
        contact: OneLine::clean(&settings.office.contact),
    };
    let floor = usize::try_from(settings.delivery.storm_brake).unwrap_or(usize::MAX);
    let surge_limit = SurgeLimit { floor };
    let with_calendar = settings.mail.with_calendar;
    Ok(Stationery { office, templates, surge_limit, with_calendar })
}

/// The way out for mails.
///
/// # Errors
///
/// [`WiringFault::Password`] when the password of the relay cannot be read, [`WiringFault::Trust`] when the certificates to
/// trust cannot.
pub fn mailer(settings: &Settings) -> Result<Arc<dyn Mailer>, WiringFault> {
    Ok(match &settings.mail.transport {
        TransportSettings::Smtp(relay) => Arc::new(smtp_mailer(relay)?),
        TransportSettings::Maildir(path) => Arc::new(MaildirMailer::at(path)),
    })
}

fn smtp_mailer(relay: &RelaySettings) -> Result<SmtpMailer, WiringFault> {
    let credentials = relay.login.as_ref().map(Login::credentials).transpose();
    let credentials = credentials.map_err(WiringFault::Password)?;
    Ok(SmtpMailer::prepare(SmtpSettings { credentials, ..relay.smtp.clone() })?)
}

/// Stands watch with this clock.
pub fn watch(settings: &Settings, clock: &Arc<dyn Clock>) -> Arc<Watch> {
    let hours = |hours: u32| SignedDuration::from_hours(i64::from(hours));
    let limits = ClockLimits {
        jump: hours(settings.delivery.clock_jump_hours),
        downtime: hours(settings.delivery.longest_downtime_days.saturating_mul(24)),
    };
    Arc::new(Watch::new(Arc::clone(clock), limits))
}

/// What a pass works with.
///
/// # Errors
///
/// As [`stationery`] and [`mailer`].
pub fn reminding(
    settings: &Settings,
    law: &Law,
    ledger: &Sqlite,
    watch: &Arc<Watch>,
    actor: &str,
) -> Result<Reminding, WiringFault> {
    let outbox: Arc<dyn Outbox> = Arc::new(ledger.clone());
    let delivery = Delivery {
        outbox,
        mailer: mailer(settings)?,
        clock: Arc::clone(watch.clock()),
        hours: SendingHours::new(law.calendar.clone(), settings.schedule.mail_hours),
        terms: claim_terms(settings),
    };
    Ok(Reminding {
        store: Arc::new(ledger.clone()),
        law: law.clone(),
        stationery: stationery(settings)?,
        delivery,
        sessions: sessions(settings),
        watch: Arc::clone(watch),
        hours: settings.schedule.mail_hours,
        operator: settings.office.operator.clone(),
        office_unit: settings.office.unit.clone(),
        actor: actor.to_owned(),
    })
}

/// Everything a pass is built from, kept by the daemon so that it can be built again.
pub struct Workshop {
    /// Checked settings.
    pub settings: Settings,
    /// The ledger.
    pub ledger: Sqlite,
    /// Whether mail may go out at all; one watch for the whole life of the process.
    pub watch: Arc<Watch>,
    /// Who gives the orders, for the journal.
    pub actor: String,
}

impl Workshop {
    /// Returns a number that grows with every import of a calendar.
    ///
    /// # Errors
    ///
    /// What the ledger says.
    pub async fn newest_notice_id(&self) -> Result<i64, StorageError> {
        self.ledger.newest_notice_id().await
    }

    /// Returns the imported notices in force.
    ///
    /// # Errors
    ///
    /// What the ledger says.
    pub async fn imported(&self) -> Result<Vec<StoredNotice>, StorageError> {
        self.ledger.notices_in_force().await
    }

    /// Builds what a pass works with, on the calendar that `imported` make with the rest.
    ///
    /// # Errors
    ///
    /// As [`law`] and [`reminding`].
    pub fn reminding(&self, imported: &[StoredNotice]) -> Result<Reminding, WiringFault> {
        let law = law(&self.settings, imported)?;
        reminding(&self.settings, &law, &self.ledger, &self.watch, &self.actor)
    }
}

/// Tries the way out without sending anything: true and what was found when it is open, false and what is wrong
/// otherwise.
///
/// # Errors
///
/// As [`mailer`].
pub async fn try_out_mail(settings: &Settings) -> Result<(bool, String), WiringFault> {
    match &settings.mail.transport {
        TransportSettings::Maildir(path) => {
            Ok((true, format!("mails are written to {}", path.display())))
        }
        TransportSettings::Smtp(relay) => {
            let place = format!("{}:{}", relay.smtp.host, relay.smtp.port);
            let mailer = smtp_mailer(relay)?;
            Ok(match mailer.check_connection().await {
                Ok(_) => (true, format!("{place} greets, and takes the login")),
                Err(stop) => (false, format!("{place}: {stop}")),
            })
        }
    }
}

fn sessions(settings: &Settings) -> NonZeroU16 {
    match &settings.mail.transport {
        TransportSettings::Smtp(relay) => relay.sessions,
        TransportSettings::Maildir(_) => NonZeroU16::MIN,
    }
}

fn claim_terms(settings: &Settings) -> ClaimTerms {
    match &settings.mail.transport {
        TransportSettings::Smtp(relay) => ClaimTerms {
            lease: lease(relay.smtp.deadlines.total()),
            per_minute: relay.per_minute,
            per_domain_minute: relay.per_domain_minute,
            per_address_day: relay.per_address_day,
        },
        TransportSettings::Maildir(_) => ClaimTerms {
            lease: lease(Duration::ZERO),
            per_minute: None,
            per_domain_minute: None,
            per_address_day: None,
        },
    }
}

/// A session that holds a message this much longer than a delivery can take is dead.
fn lease(longest_delivery: Duration) -> SignedDuration {
    SignedDuration::try_from(longest_delivery + Duration::from_mins(5))
        .unwrap_or(SignedDuration::MAX)
}
