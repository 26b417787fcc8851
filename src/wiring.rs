//! Builds the real law (calendar, rules, ladders) and mailer from checked settings.
//!
//! Must not know: commands, SQL, SMTP.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::clock::Clock;

use crate::config::{
    ConfigFault, Login, RelaySettings, Settings, TransportSettings, calendars, data,
};
use crate::domain::calendar::{CalendarFault, WorkCalendar};
use crate::domain::delivery::{SendingHours, SurgeLimit};
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
    /// Data files of the office, or notices imported; every fault.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Files(Vec<ConfigFault>),
    /// The notices do not make a calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarFault),
    /// The certificates to trust cannot be read.
    #[error(transparent)]
    Trust(#[from] TrustFault),
    /// The password of the relay cannot be read.
    #[error("{}: no password of the relay", .0.key)]
    Password(ConfigFault),
    /// Templates of the office are broken.
    #[error("the templates hold {} faults", .0.len())]
    Templates(Vec<TemplateFault>),
}

/// Builds what is in force: what is built in, what the office's files add, and the notices imported into its ledger. Of
/// several notices for one year the last is in force.
///
/// # Errors
///
/// [`WiringFault::Files`] with every fault of every file, [`WiringFault::Calendar`] when sound files make no calendar.
pub fn law(settings: &Settings, imported: &[StoredNotice]) -> Result<Law, WiringFault> {
    let mut data = data::read(&settings.data).map_err(WiringFault::Files)?;
    for StoredNotice { file, body, .. } in imported {
        let notice = calendars::read(Path::new(file), body).map_err(WiringFault::Files)?;
        data::put_notice(&mut data.notices, notice);
    }
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
