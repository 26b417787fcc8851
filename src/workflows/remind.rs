//! One pass: what is due and not on record is planned, sealed and delivered.
//!
//! Must not know: when it is called, SQL, SMTP, MIME.

use std::num::NonZeroU16;
use std::sync::Arc;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::Law;
use super::context::Context;
use super::deliver::{self, Delivery, DispatchCounts};
use super::findings::{FindingTerms, unattended};
use super::last_fault::LastFault;
use super::plan_reminders::{Planned, Planning, plan_reminders};
use super::recalculate::{Recalculated, recalculate};
use super::seal_messages::{
    ComposeSettings, WrittenMail, WrittenMails, compose_messages, seal_messages,
};
use super::send_guard::SendGuard;
use crate::domain::address::Address;
use crate::domain::moment::Moment;
use crate::domain::reminder::MailHours;
use crate::domain::retention::RetentionPolicy;
use crate::domain::watch::Hold;
use crate::storage::{StorageError, Store};

/// A pass waits this long for a rate limit; a longer wait is left to a later pass.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(65);

/// A pass delivers no longer than this; the rest is sent after the next wakeup.
const LONGEST_DELIVERY: std::time::Duration = std::time::Duration::from_mins(30);

/// Everything that a pass needs: store, law, mailer, settings.
pub struct ReminderService {
    /// The ledger.
    pub store: Arc<dyn Store>,
    /// What is in force.
    pub law: Law,
    /// How messages are composed.
    pub compose_settings: ComposeSettings,
    /// How messages leave.
    pub delivery: Delivery,
    /// Connections at the same time.
    pub connections: NonZeroU16,
    /// Whether mail may go out at all.
    pub guard: Arc<SendGuard>,
    /// When mail may go out.
    pub hours: MailHours,
    /// The operator's addresses, for the daily heartbeat.
    pub operators: Vec<Address>,
    /// How long data is kept.
    pub retention: RetentionPolicy,
    /// What needs a person, and the name of the supervising office's unit.
    pub finding_terms: FindingTerms,
    /// The actor that the journal names.
    pub actor: String,
    /// The last fault of updating the instance mark.
    pub mark_fault: LastFault,
}

/// What a pass did.
#[derive(Debug)]
pub struct PassReport {
    /// As of when.
    pub now: Moment,
    /// Why all mail is held: then nothing is planned, sealed or sent.
    pub holds: Vec<Hold>,
    /// False outside mail hours: then nothing is planned.
    pub hours_open: bool,
    /// The due dates that were computed again because the calendar or the rules changed.
    pub recalculated: Recalculated,
    /// What was decided.
    pub planned: Planned,
    /// What was sealed.
    pub sealed: WrittenMails,
    /// What became of the attempts.
    pub counts: DispatchCounts,
    /// Open obligations of which nobody is reminded, and which nobody has put off.
    pub unattended: usize,
}

impl PassReport {
    fn held(now: Moment, hours_open: bool, holds: Vec<Hold>) -> Self {
        Self {
            now,
            holds,
            hours_open,
            recalculated: Recalculated::default(),
            planned: Planned::default(),
            sealed: WrittenMails::default(),
            counts: DispatchCounts::default(),
            unattended: 0,
        }
    }
}

impl ReminderService {
    /// Plans, seals and delivers as of `now`, until nothing is due any more or `stop` is cancelled. What has waited too
    /// long is taken out first, so that its reminders are planned anew.
    ///
    /// # Errors
    ///
    /// [`StorageError`]. Whatever was done before that is on record, and the next pass goes on from there.
    pub async fn pass(
        &self,
        now: Moment,
        stop: &CancellationToken,
    ) -> Result<PassReport, StorageError> {
        let hours_open = self.hours.are_open(now, &self.law.calendar);
        let holds = self.guard.check(self.store.as_ref()).await?;
        if !holds.is_empty() {
            return Ok(PassReport::held(now, hours_open, holds));
        }
        self.store.check_pages_once_a_day(now).await?;
        let context = self.context(now);
        let recalculated = recalculate(context, None).await?;
        let expired = self.store.expire(now).await?;
        let planned = self.plan(context).await?;
        let sealed = seal_messages(context, &self.compose_settings, self.hours).await?;
        let mut counts = self.deliver_for_a_while(stop).await?;
        counts.add_expired(expired);
        if !stop.is_cancelled() {
            self.store.record_pass(self.now()).await?;
        }
        self.update_mark().await;
        let unattended = unattended(context, &self.finding_terms).await?.len();
        Ok(PassReport { now, holds, hours_open, recalculated, planned, sealed, counts, unattended })
    }

    /// Delivers what is due, without planning, for half an hour at the most; nothing while all mail is held.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn deliver(&self, stop: &CancellationToken) -> Result<DispatchCounts, StorageError> {
        if !self.guard.check(self.store.as_ref()).await?.is_empty() {
            return Ok(DispatchCounts::default());
        }
        self.store.check_pages_once_a_day(self.now()).await?;
        let counts = self.deliver_for_a_while(stop).await?;
        self.update_mark().await;
        Ok(counts)
    }

    /// Updates the instance mark; a failure is only logged, once while it lasts. Until the next update, the mark cannot detect a restored ledger
    /// that lacks just the newest changes.
    async fn update_mark(&self) {
        let updated = self.store.update_mark().await;
        let is_new_fault = self.mark_fault.is_new(&updated);
        if let Err(error) = updated
            && is_new_fault
        {
            tracing::warn!(%error, "The instance mark beside the ledger was not renewed: {error}");
        }
    }

    async fn deliver_for_a_while(
        &self,
        stop: &CancellationToken,
    ) -> Result<DispatchCounts, StorageError> {
        let cut_off = stop.child_token();
        let delivered = self.deliver_until_idle(&cut_off);
        tokio::pin!(delivered);
        tokio::select! {
            counts = &mut delivered => return counts,
            () = tokio::time::sleep(LONGEST_DELIVERY) => cut_off.cancel(),
        }
        delivered.await
    }

    async fn deliver_until_idle(
        &self,
        stop: &CancellationToken,
    ) -> Result<DispatchCounts, StorageError> {
        let mut all = DispatchCounts::default();
        loop {
            let counts = deliver::dispatch_due(&self.delivery, self.connections, stop).await?;
            // An open breaker is probed by a later wakeup; only a rate limit is worth waiting for.
            let next = counts.next.filter(|_| counts.uncharged == 0);
            all.next = None;
            all.add(counts);
            let wait = next.map(|next| next.since(self.now()));
            let Some(wait) = wait.filter(|wait| *wait <= LONGEST_WAIT) else { return Ok(all) };
            tokio::select! {
                () = stop.cancelled() => return Ok(all),
                () = tokio::time::sleep(wait.max(SignedDuration::ZERO).unsigned_abs()) => {}
            }
        }
    }

    /// Plans and composes without sealing or sending; returns what a pass as of `now` would recalculate, and the mails it
    /// would send. It writes the plan, so it is called on a copy of the ledger.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn rehearse(
        &self,
        now: Moment,
    ) -> Result<(Recalculated, Vec<WrittenMail>), StorageError> {
        let context = self.context(now);
        let recalculated = recalculate(context, None).await?;
        self.store.expire(now).await?;
        self.plan(context).await?;
        let composed = compose_messages(context, &self.compose_settings, self.hours).await?;
        Ok((recalculated, composed.messages))
    }

    pub fn now(&self) -> Moment {
        self.delivery.clock.now()
    }

    /// Recovers the deliveries that the previous run left unfinished; returns how many. While all mail is held nothing is
    /// recovered: a copied ledger does not know what its original sent, and a wrong clock would set wrong times.
    ///
    /// # Errors
    ///
    /// [`StorageError`].
    pub async fn recover(&self) -> Result<u64, StorageError> {
        if !self.guard.holds(self.store.as_ref()).await?.is_empty() {
            return Ok(0);
        }
        let counts = deliver::recover(&self.delivery).await?;
        Ok(counts.waiting() + counts.held)
    }

    pub(super) fn context(&self, now: Moment) -> Context<'_> {
        Context { store: self.store.as_ref(), law: &self.law, now, actor: &self.actor }
    }

    async fn plan(&self, context: Context<'_>) -> Result<Planned, StorageError> {
        let supervisor = self.store.unit_called(&self.finding_terms.office_unit).await?;
        if supervisor.is_none() {
            tracing::warn!(
                unit = %self.finding_terms.office_unit,
                "office.unit `{}` is not a unit in the ledger; nobody will receive supervisor notices.",
                self.finding_terms.office_unit
            );
        }
        let planning = Planning { ladders: &self.law.ladders, hours: self.hours, supervisor };
        plan_reminders(context, planning).await
    }
}
