//! What the operator should look at today, worst first, in the words of the daily mail.
//!
//! Must not know: SQL, MIME, when the mail is sent.

use jiff::ToSpan as _;

use super::remind::ReminderService;
use super::send_guard::last_pass;
use crate::domain::delivery::MessageState;
use crate::domain::moment::Moment;
use crate::domain::watch::CERTAINTY_WANTED;
use crate::mail::compose::Finding;
use crate::mail::one_line::OneLine;
use crate::storage::StorageError;
use crate::storage::messages::OpenItem;
use crate::storage::obligations::Selection;

/// More items than this are counted, not listed.
const MOST_ITEMS: usize = 20;
/// More names than this are counted, not listed.
const MOST_NAMES: usize = 10;
/// Provisional dates are spoken of so many days before they are due.
const PROVISIONAL_DAYS: i64 = 45;

/// Everything that needs a person as of `now`; empty when all is well.
///
/// # Errors
///
/// What the ledger says.
pub async fn findings(
    service: &ReminderService,
    now: Moment,
) -> Result<Vec<Finding>, StorageError> {
    let mut all = Vec::new();
    all.extend(stale_pass(service, now).await?);
    all.extend(items(service).await?);
    all.extend(held(service).await?);
    all.extend(open_breakers(service).await?);
    all.extend(unreachable(service).await?);
    all.extend(calendar(service, now));
    all.extend(provisional(service, now).await?);
    Ok(all)
}

fn finding(title: &str, detail: &str, action: &str) -> Finding {
    Finding {
        title: OneLine::clean(title),
        detail: OneLine::clean(detail),
        action: OneLine::clean(action),
    }
}

async fn stale_pass(
    service: &ReminderService,
    now: Moment,
) -> Result<Option<Finding>, StorageError> {
    let pass = last_pass(service.store.as_ref(), &service.law.calendar, now).await?;
    let at = pass.at.map_or_else(|| "尚无".to_owned(), shown);
    Ok(pass.stale.then(|| {
        finding(
            "上次完整运行距今已超过一个工作日",
            &format!("上次完整运行：{at}"),
            "journalctl -u duban 查看原因",
        )
    }))
}

async fn items(service: &ReminderService) -> Result<Vec<Finding>, StorageError> {
    let items = service.store.open_items().await?;
    let mut all: Vec<Finding> = items.iter().take(MOST_ITEMS).map(item).collect();
    let more = items.len().saturating_sub(MOST_ITEMS);
    if more > 0 {
        all.push(finding(&format!("另有{more}项待人工处理"), "", "duban status"));
    }
    Ok(all)
}

fn item(item: &OpenItem) -> Finding {
    let settle = format!("处理后 duban settle {}", item.key);
    let (title, action) = match item.kind.as_str() {
        "mailbox" => {
            ("邮箱不存在，已停止向其发送", format!("更正联系人后重新导入；邮箱已恢复则 {settle}"))
        }
        "undelivered" => ("邮件未能送达", settle),
        "ambiguous" => {
            ("邮件可能已送达多次，已挂起", "duban outbox show，再 release 或 cancel".to_owned())
        }
        "returned" => ("邮件被退回，原因须人工判断", settle),
        "answer" => (
            "收到答复，待确认签收",
            format!("duban ack 编号 --unit 单位；不签收则 duban settle {}", item.key),
        ),
        "chain" => {
            ("办结后接续事项未能开始", "journalctl -u duban 查看原因，改正后自动开始".to_owned())
        }
        "road" => ("发送通道关闭，须人工修复", "duban doctor".to_owned()),
        _ => ("待人工处理", settle),
    };
    finding(title, &format!("{}（{}起）", item.detail, shown(item.since)), &action)
}

async fn held(service: &ReminderService) -> Result<Option<Finding>, StorageError> {
    let counts = service.store.messages_by_state().await?;
    let held = counts.get(&MessageState::Held).copied().unwrap_or_default();
    Ok((held > 0).then(|| {
        finding(
            &format!("{held}封邮件挂起，等待放行"),
            "",
            &format!("duban outbox release --all --count {held}，先看 outbox list"),
        )
    }))
}

/// Roads that open again by themselves; one that needs a person has called for one.
async fn open_breakers(service: &ReminderService) -> Result<Vec<Finding>, StorageError> {
    let roads = service.store.open_breakers().await?;
    let by_themselves = roads.iter().filter(|road| !road.reason.needs_a_person());
    Ok(by_themselves
        .map(|road| {
            let (scope, reason) = (road.scope.word(), road.reason.word());
            let detail = format!("{scope} {reason}，自{}起", shown(road.since));
            finding("发送通道暂时关闭", &detail, "持续不通时 duban doctor")
        })
        .collect())
}

async fn unreachable(service: &ReminderService) -> Result<Option<Finding>, StorageError> {
    let directory = service.store.directory().await?;
    let names: Vec<&str> = directory.out_of_reach().map(|unit| unit.name.as_str()).collect();
    Ok((!names.is_empty()).then(|| {
        finding(
            &format!("{}个单位没有可用邮箱", names.len()),
            &listed(&names),
            "duban import units 补充联系人",
        )
    }))
}

fn calendar(service: &ReminderService, now: Moment) -> Option<Finding> {
    let calendar = &service.law.calendar;
    let certain = calendar.certain_through();
    let left = calendar.days_certain(now.today());
    (left < CERTAINTY_WANTED).then(|| {
        finding(
            "工作日历即将用尽",
            &format!("确定至{certain}，还有{}天", left.max(0)),
            "放假安排通知公布后 duban import calendar",
        )
    })
}

async fn provisional(
    service: &ReminderService,
    now: Moment,
) -> Result<Option<Finding>, StorageError> {
    let through = now.today().checked_add(PROVISIONAL_DAYS.days()).ok();
    let selection = Selection { due_through: through, ..Selection::default() };
    let due = service.store.obligations(&selection).await?;
    let uncertain = due.iter().filter(|obligation| {
        obligation.is_owed()
            && obligation.deadline.as_ref().is_some_and(|deadline| deadline.provisional)
    });
    let references: Vec<String> =
        uncertain.map(|obligation| obligation.inputs.full_reference()).collect();
    Ok((!references.is_empty()).then(|| {
        finding(
            &format!("{}项近期事项的到期日为暂定", references.len()),
            &listed(&references),
            "放假安排通知公布后 duban import calendar，日期将自动重算",
        )
    }))
}

fn listed(names: &[impl AsRef<str>]) -> String {
    let shown = names.iter().take(MOST_NAMES).map(AsRef::as_ref).collect::<Vec<_>>().join("、");
    let more = names.len().saturating_sub(MOST_NAMES);
    if more == 0 { shown } else { format!("{shown}等{}个", names.len()) }
}

fn shown(moment: Moment) -> String {
    moment.local().strftime("%F %H:%M").to_string()
}
