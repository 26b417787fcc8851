//! Builds what commands and the daemon work with from checked settings: the law, the mailer, the reminder service.
//!
//! Must not know: commands, SQL, SMTP. Callers: `cli`, `daemon`.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, ToSpan as _};

use crate::clock::Clock;
use crate::config::{
    ConfigFault, Login, RelaySettings, Settings, TransportSettings, calendars, data,
};
use crate::domain::calendar::{CalendarFault, Notice, WorkCalendar};
use crate::domain::delivery::{SendingHours, SurgeLimit};
use crate::domain::moment::Moment;
use crate::domain::watch::ClockLimits;
use crate::mail::Mailer;
use crate::mail::compose::Office;
use crate::mail::maildir::MaildirMailer;
use crate::mail::one_line::OneLine;
use crate::mail::redirect::RedirectingMailer;
use crate::mail::smtp::{SmtpMailer, SmtpSettings, StageFault, TrustFault};
use crate::mail::templates::{TemplateFault, Templates};
use crate::storage::calendars::StoredNotice;
use crate::storage::outbox::ClaimTerms;
use crate::storage::sqlite::Sqlite;
use crate::storage::{StorageError, Store};
use crate::words;
use crate::words::{Lang, Say};
use crate::workflows::Law;
use crate::workflows::deliver::Delivery;
use crate::workflows::findings::FindingTerms;
use crate::workflows::last_fault::LastFault;
use crate::workflows::remind::ReminderService;
use crate::workflows::seal_messages::ComposeSettings;
use crate::workflows::send_guard::SendGuard;

/// Why the law, the templates or the mailer cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum WiringFault {
    /// Every fault of the office's data files or of imported notices.
    Files(Vec<ConfigFault>),
    /// The notices do not make a calendar together.
    Calendar(#[from] CalendarFault),
    /// The certificates to trust cannot be read.
    Trust(#[from] TrustFault),
    /// The password of the relay cannot be read.
    Password(ConfigFault),
    /// Every fault of the office's own templates.
    Templates(Vec<TemplateFault>),
}

impl WiringFault {
    /// One line for each fault.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        match self {
            Self::Files(faults) => faults.iter().map(|fault| fault.say(lang)).collect(),
            Self::Calendar(fault) => vec![fault.say(lang)],
            Self::Trust(fault) => vec![fault.say(lang)],
            Self::Password(fault) => vec![words!(
                lang,
                zh = "无法读取邮件服务器的密码：{reason}",
                en = "the password of the relay cannot be read: {reason}",
                reason = fault.say(lang)
            )],
            Self::Templates(faults) => faults.iter().map(|fault| fault.say(lang)).collect(),
        }
    }
}

impl Say for WiringFault {
    fn say(&self, lang: Lang) -> String {
        self.lines(lang).join(lang.pick("；", "; "))
    }
}

/// Opens the ledger at `path` for commands that change it, and creates it when there is none. `tell` is called when a step
/// has waited for another process for a second.
///
/// # Errors
///
/// As [`Sqlite::open`].
pub async fn open_ledger(
    path: &Path,
    tell: impl Fn() + Send + Sync + 'static,
) -> Result<Arc<dyn Store>, StorageError> {
    Ok(Arc::new(Sqlite::open(path).await?.telling_of_waits(tell)))
}

/// Opens the ledger at `path` for questions alone: nothing is created or written.
///
/// # Errors
///
/// As [`Sqlite::open_to_read`].
pub async fn open_ledger_to_read(path: &Path) -> Result<Arc<dyn Store>, StorageError> {
    Ok(Arc::new(Sqlite::open_to_read(path).await?))
}

/// Copies the ledger into `folder` and opens the copy, of which nothing is left when the process ends, however it ends.
///
/// # Errors
///
/// As [`Sqlite::open`].
pub async fn copy_for_rehearsal(
    ledger: &dyn Store,
    folder: &Path,
) -> Result<Arc<dyn Store>, StorageError> {
    let path = folder.join("rehearsal.db");
    ledger.copy_to(&path).await?;
    Ok(Arc::new(Sqlite::open_without_name(&path).await?))
}

/// Builds the law from what is built in, what the office's files add, and `imported` notices. Of several notices for one
/// year the last one is in force.
///
/// # Errors
///
/// [`WiringFault::Files`] with every fault of every file, [`WiringFault::Calendar`] when sound files make no calendar.
pub fn law(settings: &Settings, imported: &[StoredNotice]) -> Result<Law, WiringFault> {
    let mut data = data::read(&settings.data).map_err(WiringFault::Files)?;
    add_imported(&mut data.notices, imported)?;
    let mut calendar = WorkCalendar::merge(&data.notices)?;
    if let Some(local_days) = &data.local_days {
        calendar = calendar.overlaid(local_days)?;
    }
    let mut units = BTreeMap::new();
    for (unit, days) in data.unit_days {
        units.insert(unit, calendar.overlaid(&days)?);
    }
    let law = Law::new(calendar, data.ladders, data.rules);
    let law = law.with_targets(settings.data.internal_targets.clone());
    Ok(law.with_unit_calendars(units).under(settings.counting))
}

/// The notices that the calendar is made of: the shipped ones, the office's own and those imported into the ledger.
///
/// # Errors
///
/// [`WiringFault::Files`] with every fault of the files.
pub fn notices(settings: &Settings, imported: &[StoredNotice]) -> Result<Vec<Notice>, WiringFault> {
    let mut notices = data::read(&settings.data).map_err(WiringFault::Files)?.notices;
    add_imported(&mut notices, imported)?;
    Ok(notices)
}

fn add_imported(notices: &mut Vec<Notice>, imported: &[StoredNotice]) -> Result<(), WiringFault> {
    for StoredNotice { file, body, .. } in imported {
        let notice = calendars::read(Path::new(file), body).map_err(WiringFault::Files)?;
        data::put_notice(notices, notice);
    }
    Ok(())
}

/// How mails are composed.
///
/// # Errors
///
/// [`WiringFault::Templates`] with every fault of the office's own templates.
pub fn compose_settings(settings: &Settings) -> Result<ComposeSettings, WiringFault> {
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
    let floor = usize::try_from(settings.delivery.surge_limit).unwrap_or(usize::MAX);
    let surge_limit = SurgeLimit { floor };
    let with_calendar = settings.mail.with_calendar;
    Ok(ComposeSettings { office, templates, surge_limit, with_calendar })
}

/// Hands mails to the relay or the Maildir of the settings.
///
/// # Errors
///
/// [`WiringFault::Password`] when the password of the relay cannot be read, [`WiringFault::Trust`] when the certificates to
/// trust cannot.
pub fn mailer(settings: &Settings) -> Result<Arc<dyn Mailer>, WiringFault> {
    let mailer: Arc<dyn Mailer> = match &settings.mail.transport {
        TransportSettings::Smtp(relay) => Arc::new(smtp_mailer(relay)?),
        TransportSettings::Maildir(path) => Arc::new(MaildirMailer::at(path)),
    };
    Ok(match &settings.mail.redirect_to {
        Some(to) => Arc::new(RedirectingMailer::new(mailer, to.clone())),
        None => mailer,
    })
}

fn smtp_mailer(relay: &RelaySettings) -> Result<SmtpMailer, WiringFault> {
    let credentials = relay.login.as_ref().map(Login::credentials).transpose();
    let credentials = credentials.map_err(WiringFault::Password)?;
    Ok(SmtpMailer::prepare(SmtpSettings { credentials, ..relay.smtp.clone() })?)
}

/// The guard that decides whether mail may go out, on this clock.
pub fn send_guard(settings: &Settings, clock: &Arc<dyn Clock>, law: &Law) -> Arc<SendGuard> {
    let a_year_on = law.calendar.certain_through().saturating_add(1.year()).to_datetime(Time::MAX);
    let hours = |hours: u32| SignedDuration::from_hours(i64::from(hours));
    let limits = ClockLimits {
        jump: hours(settings.delivery.clock_jump_hours),
        downtime: hours(settings.delivery.longest_downtime_days.saturating_mul(24)),
        first: Moment::from_local(a_year_on).unwrap_or_else(|| clock.now()),
    };
    Arc::new(SendGuard::new(Arc::clone(clock), limits))
}

/// Everything from which a reminder service is built.
///
/// # Errors
///
/// As [`compose_settings`] and [`mailer`].
pub fn reminder_service(
    settings: &Settings,
    law: &Law,
    ledger: &Arc<dyn Store>,
    guard: &Arc<SendGuard>,
    actor: &str,
) -> Result<ReminderService, WiringFault> {
    let delivery = Delivery {
        store: Arc::clone(ledger),
        mailer: mailer(settings)?,
        clock: Arc::clone(guard.clock()),
        hours: SendingHours::new(law.calendar.clone(), settings.schedule.mail_hours),
        terms: claim_terms(settings),
    };
    Ok(ReminderService {
        store: Arc::clone(ledger),
        law: law.clone(),
        compose_settings: compose_settings(settings)?,
        delivery,
        connections: connections(settings),
        guard: Arc::clone(guard),
        hours: settings.schedule.mail_hours,
        operators: settings.office.operators.clone(),
        retention: settings.retention.policy,
        finding_terms: finding_terms(settings),
        actor: actor.to_owned(),
        mark_fault: LastFault::default(),
    })
}

/// What findings depend on.
pub fn finding_terms(settings: &Settings) -> FindingTerms {
    FindingTerms {
        office_unit: settings.office.unit.clone(),
        hours: settings.schedule.mail_hours,
        awaited_event_days: settings.items.awaited_event_days,
        suspended_days: settings.items.suspended_days,
        warn_above_bytes: settings.retention.policy.warn_above_bytes,
    }
}

/// Everything a pass is built from. The daemon keeps it to build a pass again after a calendar import.
pub struct Services {
    pub settings: Settings,
    pub ledger: Arc<dyn Store>,
    /// One guard for the whole life of the process.
    pub guard: Arc<SendGuard>,
    /// Who acts, for the journal.
    pub actor: String,
}

impl Services {
    /// Returns a number that grows with every import of a calendar.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn newest_notice_id(&self) -> Result<i64, StorageError> {
        self.ledger.newest_notice_id().await
    }

    /// Returns the imported notices in force.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn notices(&self) -> Result<Vec<StoredNotice>, StorageError> {
        self.ledger.notices_in_force().await
    }

    /// Builds the reminder service; its calendar is that of the office's files and the `imported` notices.
    ///
    /// # Errors
    ///
    /// As [`law`] and [`reminder_service`].
    pub fn reminder_service(
        &self,
        imported: &[StoredNotice],
    ) -> Result<ReminderService, WiringFault> {
        let law = law(&self.settings, imported)?;
        reminder_service(&self.settings, &law, &self.ledger, &self.guard, &self.actor)
    }
}

/// Checks the relay or the Maildir without sending anything: true and what was found, or false and what is wrong.
///
/// # Errors
///
/// As [`mailer`].
pub async fn try_out_mail(settings: &Settings) -> Result<MailCheck, WiringFault> {
    match &settings.mail.transport {
        TransportSettings::Maildir(path) => Ok(MailCheck::Maildir(path.clone())),
        TransportSettings::Smtp(relay) => {
            let place = format!("{}:{}", relay.smtp.host, relay.smtp.port);
            let mailer = smtp_mailer(relay)?;
            Ok(match mailer.check_connection().await {
                Ok(_) => MailCheck::RelayAnswers { place },
                Err(fault) => MailCheck::RelayFails { place, fault },
            })
        }
    }
}

/// The result of trying to send a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailCheck {
    Maildir(PathBuf),
    RelayAnswers { place: String },
    RelayFails { place: String, fault: StageFault },
}

impl MailCheck {
    pub fn is_well(&self) -> bool {
        !matches!(self, Self::RelayFails { .. })
    }
}

impl Say for MailCheck {
    fn say(&self, lang: Lang) -> String {
        match self {
            Self::Maildir(path) => words!(
                lang,
                zh = "邮件写入文件夹{path}",
                en = "mails are written to {path}",
                path = path.display()
            ),
            Self::RelayAnswers { place } => words!(
                lang,
                zh = "{place}应答正常，登录成功",
                en = "{place} answers and accepts the login"
            ),
            Self::RelayFails { place, fault } => words!(
                lang,
                zh = "{place}无法使用：{fault}",
                en = "{place}: {fault}",
                fault = fault.say(lang)
            ),
        }
    }
}

fn connections(settings: &Settings) -> NonZeroU16 {
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
            any_hour_only: false,
        },
        TransportSettings::Maildir(_) => ClaimTerms {
            lease: lease(Duration::ZERO),
            per_minute: None,
            per_domain_minute: None,
            per_address_day: None,
            any_hour_only: false,
        },
    }
}

/// A lease lasts five minutes longer than a delivery can take.
fn lease(longest_delivery: Duration) -> SignedDuration {
    SignedDuration::try_from(longest_delivery + Duration::from_mins(5))
        .unwrap_or(SignedDuration::MAX)
}
