//! What nobody can be told of in time, said as soon as it is registered.
//!
//! Must not know: when mail goes out.

use std::sync::Arc;

use super::command_context::CommandContext;
use super::exit_code::Exit;
use super::failure::Failure;
use crate::domain::item::ItemKind;
use crate::domain::unit::UnitId;
use crate::storage::Store;
use crate::storage::unattended::UnattendedDuty;
use crate::wiring::finding_terms;
use crate::words;
use crate::workflows::findings::unattended;
use crate::workflows::inspect::Answer;
use crate::workflows::names::unit_names;

/// Says which of these obligations end before any mail can go out.
pub(super) async fn say(
    context: &mut CommandContext<'_>,
    ledger: &Arc<dyn Store>,
    is_meant: impl Fn(&UnattendedDuty) -> bool,
) -> Result<Exit, Failure> {
    let terms = finding_terms(&context.settings);
    let mut duties = unattended(context.for_workflow(ledger), &terms).await?;
    duties.retain(|duty| duty.key.kind() == ItemKind::NotTold && is_meant(duty));
    for duty in &duties {
        let (lang, UnattendedDuty { reference, units, .. }) = (context.lang, duty);
        context.say(&words!(
            lang,
            zh = "{reference}到期前已来不及发出邮件，请立即电话通知{units}",
            en = "{reference} ends before any mail can go out; call {units} now",
            units = lang.list(units)
        ))?;
    }
    Ok(if duties.is_empty() { Exit::Done } else { Exit::NeedsPerson })
}

/// Says in which of the units that owe these obligations nobody can be reached; `duban items` lists them too.
pub(super) fn say_unreachable(
    context: &mut CommandContext<'_>,
    answer: &Answer,
) -> Result<(), Failure> {
    let shares = answer.standings.iter().flat_map(|status| &status.obligation.assignments);
    let directory = &answer.directory;
    let is_mute =
        |unit: &UnitId| directory.contacts(*unit).iter().all(|contact| contact.suppressed);
    let owing = shares.filter(|share| share.state.is_owed()).map(|share| share.unit);
    let mute: Vec<UnitId> = owing.filter(is_mute).collect();
    let names = unit_names(directory, &mute);
    if !names.is_empty() {
        context.say(&words!(
            context.lang,
            zh = "{list}没有可用邮箱，不会收到提醒；请用 duban import units 补充联系人",
            en = "no contact of {list} can be reached, so nobody will be reminded; add one with `duban import units`",
            list = context.lang.list(&names)
        ))?;
    }
    Ok(())
}
