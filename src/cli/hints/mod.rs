//! What a person can do about a failure, and how the process ends.
//!
//! Must not know: what the failure itself says; each type says itself. Callers: cli.

mod acts;
mod ledger;

use std::io::Write;

use crate::cli::due_fault::DueFault;
use crate::cli::exit_code::Exit;
use crate::cli::failure::Failure;
use crate::domain::deadline::DeadlineFault;
use crate::domain::delivery::MessageState;
use crate::intake::document::DocumentFault;
use crate::wiring::WiringFault;
use crate::words;
use crate::words::Lang;
use crate::workflows::steer_outbox::SteerError;
use crate::workflows::{NotFound, Refused};

use acts::{adjustment, transition};
use ledger::Advice;

/// So many faults are listed, the rest is counted: nobody reads more at once.
const MOST_FAULTS: usize = 50;

/// Prints the failure and what to do about it; returns how the process ends.
pub(super) fn report(failure: &Failure, lang: Lang, out: &mut dyn Write) -> Exit {
    let (hint, exit) = advice(failure, lang);
    let mut faults = failure.lines(lang);
    let more = faults.len().saturating_sub(MOST_FAULTS);
    faults.truncate(MOST_FAULTS);
    faults.extend((more > 0).then(|| words!(lang, zh = "另有{more}处", en = "and {more} more")));
    let faults = faults.iter().map(|line| (lang.pick("错误：", "error: "), line));
    for (label, line) in faults.chain(hint.iter().map(|hint| (lang.pick("提示：", "hint: "), hint)))
    {
        // Nobody is left to tell when even this fails.
        drop(writeln!(out, "{label}{line}"));
    }
    exit
}

fn advice(failure: &Failure, lang: Lang) -> Advice {
    let fixed = |zh: &str, en: &str, exit| (Some(lang.pick(zh, en).to_owned()), exit);
    match failure {
        Failure::Config(_) => fixed(
            "各项设置见 config/duban.toml 的说明；改后请用 duban doctor --config 再次检查",
            "config/duban.toml in the source is the manual of every key; `duban doctor --config` checks again",
            Exit::Configuration,
        ),
        Failure::Storage(error) => ledger::storage(error, lang),
        Failure::Refused(refused) => refusal(refused, lang),
        Failure::Counting(_) => counting(lang),
        Failure::Due(fault) => (due(fault, lang), Exit::Rejected),
        Failure::Notices(_) | Failure::HolidayNotice { .. } | Failure::Calendar(_) => fixed(
            "未导入任何内容；请对照通知原文核对文件，缺少的年份请一并导入",
            "nothing was imported; compare the file with the text of the notice, and import all missing years together",
            Exit::Rejected,
        ),
        Failure::Obligations { files, .. } if files.is_empty() => {
            fixed("未登记任何内容", "nothing was registered", Exit::Rejected)
        }
        Failure::Rows(_) | Failure::Units(_) | Failure::Obligations { .. } => fixed(
            "未导入任何内容；请修改上述各行后重新运行同一命令",
            "nothing was imported; correct the rows and run the same command again",
            Exit::Rejected,
        ),
        Failure::Differs(_) => differs(lang),
        Failure::Undo(_) => undo(lang),
        Failure::Add(error) => acts::add(error, lang),
        Failure::Wiring(fault) => (Some(wiring(fault, lang)), Exit::Configuration),
        Failure::File { .. } => (None, Exit::Rejected),
        Failure::Document { fault, .. } => (Some(document(fault, lang)), Exit::Rejected),
        Failure::Steer(error) => steer(error, lang),
        Failure::Chain(_) => fixed(
            "请保留台账副本作为证据，并与最近的备份比对",
            "keep a copy of the ledger as evidence and compare it with the last backup",
            Exit::Database,
        ),
        Failure::Backwards { .. } => fixed(
            "--from 是第一日，--to 是最后一日；不写 --from 的从今日起",
            "--from takes the first day, --to the last; without --from it is today",
            Exit::Rejected,
        ),
        Failure::FolderNotEmpty { .. } => folder_not_empty(lang),
        Failure::Lock(error) => ledger::lock(error, lang),
        Failure::NotOpenItems(_) => {
            fixed("待处理的各项见 duban items", "`duban items` lists the open ones", Exit::Rejected)
        }
        Failure::AssumedClock => fixed("请去掉 --as-of", "leave --as-of out", Exit::Usage),
        Failure::AssumedTime { .. } => assumed_time(lang),
        Failure::Schedule(_) => fixed(
            "请改正 schedule.pass 和 schedule.heartbeat，再用 duban doctor --config 检查",
            "correct schedule.pass and schedule.heartbeat, then run `duban doctor --config`",
            Exit::Configuration,
        ),
        Failure::Compose(_) => fixed(
            "请改正 data.templates 中的模板，或将该项留空以使用内置模板",
            "correct the template in data.templates, or leave the key empty for the built-in ones",
            Exit::Configuration,
        ),
        Failure::Logging(_) => fixed(
            "log.filter 请写为 info 或 info,duban::mail=debug",
            "write log.filter as info, or as info,duban::mail=debug",
            Exit::Configuration,
        ),
        Failure::Output(_) => (None, Exit::Unexpected),
    }
}

fn folder_not_empty(lang: Lang) -> Advice {
    let hint = lang.pick("请指定新文件夹，或不写 --into", "name a new folder, or leave --into out");
    (Some(hint.to_owned()), Exit::Rejected)
}

fn assumed_time(lang: Lang) -> Advice {
    let hint = lang.pick(
        "请去掉 --as-of；只看结果请用 duban remind --dry-run",
        "leave --as-of out; `duban remind --dry-run` shows what would be sent",
    );
    (Some(hint.to_owned()), Exit::Usage)
}

fn undo(lang: Lang) -> Advice {
    let hint = lang.pick(
        "各次导入及其编号见 duban import list",
        "`duban import list` lists the imports with their numbers",
    );
    (Some(hint.to_owned()), Exit::Rejected)
}

fn differs(lang: Lang) -> Advice {
    let hint = lang.pick(
        "未写入任何内容；另一事项请换编号，或者用 --list 作为另一清单导入；同一事项请加 --revise（已销号的不会恢复办理）",
        "nothing was written; another duty: give it a 编号 of its own, or import the table as another list with --list NAME; \
         the same duty: add --revise (what is closed stays closed)",
    );
    (Some(hint.to_owned()), Exit::Rejected)
}

fn counting(lang: Lang) -> Advice {
    let hint = lang.pick(
        "已知的日历范围见 duban calendar；可用 duban import calendar 导入放假安排通知",
        "`duban calendar` shows which days are known; `duban import calendar FILE` adds a notice",
    );
    (Some(hint.to_owned()), Exit::Calendar)
}

fn due(fault: &DueFault, lang: Lang) -> Option<String> {
    Some(match fault {
        DueFault::Term { .. } => return None,
        DueFault::NoTrigger { .. } => lang
            .pick(
                "请加 --from 日期：事件发生之日，当日不计入",
                "add --from DATE: the day of the event, which is not counted",
            )
            .to_owned(),
        DueFault::UnknownRule { similar: Some(similar), .. } => words!(
            lang,
            zh = "是否想用“{similar}”？全部规则见 duban rules",
            en = "did you mean `{similar}`? `duban rules` lists them all"
        ),
        DueFault::UnknownRule { similar: None, .. } => {
            lang.pick("全部规则见 duban rules", "`duban rules` lists all rules").to_owned()
        }
        DueFault::NotInForce { name, first, .. } => {
            let first = (*first)?;
            words!(
                lang,
                zh = "第一个版本自{first}起施行；各版本见 duban rules {name}",
                en = "its first version is of {first}; `duban rules {name}` shows all versions"
            )
        }
        DueFault::NoColumn { .. } => lang
            .pick(
                "所需的列是 start_date,n,unit,roll；其他列原样保留",
                "the columns are start_date,n,unit,roll; others are passed on",
            )
            .to_owned(),
    })
}

fn document(fault: &DocumentFault, lang: Lang) -> String {
    let (zh, en) = match fault {
        DocumentFault::TooLarge { .. } | DocumentFault::TooManyCells { .. } => {
            ("请拆分文档，或只保存其文字", "split the document, or save only its text")
        }
        DocumentFault::ExpandsTooFar { .. } => (
            "此文件可疑：请用办公软件打开，只保存其文字",
            "this file is suspicious: open it in an office program and save only its text",
        ),
        DocumentFault::Empty => (
            "扫描件只有图片：请先做文字识别，再保存文字",
            "a scanned document holds only pictures: run text recognition first and save the text",
        ),
        DocumentFault::NotText { .. } => (
            "请另存为UTF-8或GBK文本、docx或xlsx",
            "save it as UTF-8 or GBK text, as docx or as xlsx",
        ),
        DocumentFault::Encrypted => ("请去掉密码后另存", "remove the password and save it again"),
        DocumentFault::OtherKind { instead, .. } => {
            return words!(lang, zh = "请另存为{instead}", en = "save it as {instead}");
        }
        DocumentFault::NoProgram { program, .. } => {
            return words!(
                lang,
                zh = "可安装 {packages}（Debian 软件包名），或用办公软件另存为 docx、xlsx",
                en = "install {packages} (packages of Debian), or save the file as docx or xlsx in an office program",
                packages = program.packages()
            );
        }
        DocumentFault::Foreign(_)
        | DocumentFault::NotConverted { .. }
        | DocumentFault::TooSlow { .. } => {
            ("请用办公软件另存为 docx 或者 xlsx", "save it as docx or xlsx in an office program")
        }
        DocumentFault::Scanned => (
            "请先做文字识别，或向来文单位索取电子版",
            "run text recognition first, or ask the sender for the file it was printed from",
        ),
        DocumentFault::Damaged { .. } | DocumentFault::UnclosedQuote { .. } => {
            ("请用办公软件打开后另存", "open it in an office program and save it again")
        }
    };
    lang.pick(zh, en).to_owned()
}

fn wiring(fault: &WiringFault, lang: Lang) -> String {
    let (zh, en) = match fault {
        WiringFault::Password(_) => (
            "连接邮件服务器的命令须读取密码，请以 duban 用户运行：sudo -u duban duban …",
            "commands that reach the relay read its password; run them as duban: `sudo -u duban duban …`",
        ),
        WiringFault::Files(_)
        | WiringFault::Calendar(_)
        | WiringFault::Trust(_)
        | WiringFault::Templates(_) => (
            "配置的 [data] 一节指明在内置内容之外另加的文件",
            "section [data] of the configuration names the files that are added to what is built in",
        ),
    };
    lang.pick(zh, en).to_owned()
}

fn steer(error: &SteerError, lang: Lang) -> Advice {
    let (zh, en) = match error {
        SteerError::Storage(error) => return ledger::storage(error, lang),
        SteerError::UnknownMessage(_) => (
            "全部邮件及其编号见 duban mail list --state all",
            "`duban mail list --state all` lists every mail with its number",
        ),
        SteerError::WrongState { state, .. } => match state {
            MessageState::Leased => {
                ("正在发送，请稍后再看", "it is being sent now; look again in a minute")
            }
            MessageState::Held => (
                "请用 duban mail release 或 duban mail cancel",
                "use `duban mail release` or `duban mail cancel`",
            ),
            MessageState::Accepted => (
                "邮件服务器已接收，无法撤回",
                "the relay has accepted it, so it cannot be called back",
            ),
            MessageState::Ready
            | MessageState::Deferred
            | MessageState::Unknown
            | MessageState::Dead
            | MessageState::Expired
            | MessageState::Cancelled => {
                ("发送经过见 duban mail show", "`duban mail show KEY` shows what happened to it")
            }
        },
        SteerError::Miscounted { actual, .. } => {
            let hint = words!(
                lang,
                zh = "请先用 duban mail list 查看，再写 --all --count {actual}",
                en = "look at them with `duban mail list`, then give --all --count {actual}"
            );
            return (Some(hint), Exit::Rejected);
        }
    };
    (Some(lang.pick(zh, en).to_owned()), Exit::Rejected)
}

fn refusal(refused: &Refused, lang: Lang) -> Advice {
    let hint = match refused {
        Refused::Counting(_) | Refused::Deadline(DeadlineFault::Counting(_)) => {
            return counting(lang);
        }
        Refused::Storage(error) => return ledger::storage(error, lang),
        Refused::DamagedCalendar { .. } => {
            let hint = lang.pick(
                "请保留台账副本，并从备份恢复该行；加 --calendar current 可按现行日历说明",
                "keep a copy of the ledger, and restore the row from a backup; `--calendar current` uses the calendar in force",
            );
            return (Some(hint.to_owned()), Exit::Database);
        }
        Refused::Delegate(_) => None,
        Refused::Directory(refusal) => Some(acts::directory(refusal, lang).to_owned()),
        Refused::NotFound(fault) => Some(not_found(fault, lang)),
        Refused::Order { refusal, .. } => Some(transition(refusal, lang)),
        Refused::Adjustment(refusal) => Some(adjustment(refusal, lang).to_owned()),
        Refused::NotAMember { group, .. } => Some(words!(
            lang,
            zh = "成员见 duban units {group}",
            en = "`duban units {group}` lists its members"
        )),
        Refused::NoShare { reference, .. } => Some(words!(
            lang,
            zh = "责任单位见 duban show {reference}",
            en = "`duban show {reference}` names the units that owe it"
        )),
        Refused::NotOwed { reference, .. } => Some(words!(
            lang,
            zh = "如需继续，可用 duban reopen {reference} 恢复",
            en = "`duban reopen {reference}` takes that back"
        )),
        Refused::NoEntry { reference, .. } => Some(words!(
            lang,
            zh = "各条记录见 duban undo {reference} --list",
            en = "`duban undo {reference} --list` shows the entries"
        )),
        Refused::OwesAlready { reference, .. } => Some(words!(
            lang,
            zh = "误登的单位不再承办的，用 duban withdraw {reference} --unit 单位 --reason 理由 撤销",
            en = "`duban withdraw {reference} --unit UNIT --reason TEXT` takes the share from the wrong unit"
        )),
        Refused::SeveralUnits { .. } | Refused::SeveralOccurrences { .. } => {
            return (Some(acts::which(refused, lang)), Exit::NeedsPerson);
        }
        Refused::WhichUnit { units } => Some(words!(
            lang,
            zh = "请用 --unit 指明：{list}",
            en = "--unit takes one of {list}",
            list = lang.list(units)
        )),
        Refused::BackwardsAbsence { .. }
        | Refused::NoEvent { .. }
        | Refused::TriggerToCome { .. }
        | Refused::SilenceInPast { .. }
        | Refused::NotAQuota { .. }
        | Refused::OutsidePeriod { .. }
        | Refused::NotASeries { .. }
        | Refused::StillNeeded { .. }
        | Refused::Deadline(_) => Some(option(refused, lang).to_owned()),
    };
    (hint, Exit::Rejected)
}

/// Which option or command to use instead.
fn option(refused: &Refused, lang: Lang) -> &'static str {
    let (zh, en) = match refused {
        Refused::BackwardsAbsence { .. } => (
            "--from 是外出的第一日，--to 是最后一日",
            "--from takes the first day away, --to the last",
        ),
        Refused::NoEvent { .. } => (
            "固定日期和周期事项没有起算日；时限有误的请修改表格后重新导入",
            "fixed dates and series have no trigger; correct the table and import it again",
        ),
        Refused::TriggerToCome { .. } => {
            ("请在发生之日或其后登记", "record the event on the day it happens, or later")
        }
        Refused::SilenceInPast { .. } => {
            ("请写将来的日期，或用 --off", "give a day in the future, or --off")
        }
        Refused::NotAQuota { .. } => (
            "只须办结一次的事项，请用 duban report 报结",
            "`duban report` reports an obligation that is done once",
        ),
        Refused::StillNeeded { .. } => (
            "请先用 duban contacts replace 写明接替的人，或为该单位导入其他联系人，并等邮件送完或用 duban mail cancel 取消",
            "name who takes over with `duban contacts replace`, or import another contact of the unit first; let the mails end or cancel them with `duban mail cancel`",
        ),
        Refused::OutsidePeriod { .. } => (
            "--on 须在该期限之内，并且不晚于今日",
            "--on takes a day of the period of the quota, not after today",
        ),
        Refused::NotASeries { .. } => (
            "只须办结一次的事项，请用 duban withdraw 撤销",
            "`duban withdraw` withdraws an obligation that is owed once",
        ),
        Refused::Deadline(DeadlineFault::NoInstant { .. }) => (
            "请写明日期和时刻，如2026-10-01T22:30",
            "give the date and time, such as 2026-10-01T22:30",
        ),
        Refused::Deadline(DeadlineFault::NotBackwards { .. }) => (
            "请写事件之前多久，如7日前、5个工作日前；固定日期不用 --before",
            "write how long before the event, such as 7日前 or 5个工作日前; a fixed date needs no --before",
        ),
        Refused::Deadline(DeadlineFault::Adjustment { .. }) => (
            "各次调整由谁在何时登记，见 duban journal",
            "`duban journal` shows when each adjustment was recorded, and by whom",
        ),
        Refused::Deadline(DeadlineFault::Counting(_))
        | Refused::NotFound(_)
        | Refused::DamagedCalendar { .. }
        | Refused::Delegate(_)
        | Refused::Directory(_)
        | Refused::NotAMember { .. }
        | Refused::NoShare { .. }
        | Refused::SeveralUnits { .. }
        | Refused::OwesAlready { .. }
        | Refused::NoEntry { .. }
        | Refused::SeveralOccurrences { .. }
        | Refused::Order { .. }
        | Refused::NotOwed { .. }
        | Refused::Adjustment(_)
        | Refused::WhichUnit { .. }
        | Refused::Counting(_)
        | Refused::Storage(_) => ("", ""),
    };
    lang.pick(zh, en)
}

fn not_found(fault: &NotFound, lang: Lang) -> String {
    let (zh, en) = match fault {
        NotFound::Unit { similar: Some(similar), .. }
        | NotFound::Contact { similar: Some(similar), .. } => {
            return words!(
                lang,
                zh = "是否想用“{similar}”？全部单位和联系人见 duban units",
                en = "did you mean `{similar}`? `duban units` lists them all"
            );
        }
        NotFound::SeveralContacts { known, .. } => {
            return words!(
                lang,
                zh = "请用邮箱或“单位/姓名”指明：{list}",
                en = "name one by an address of its own or as UNIT/NAME: {list}",
                list = known.join(lang.pick("；", "; "))
            );
        }
        NotFound::Unit { similar: None, .. } => (
            "全部名称见 duban units；可用 duban import units 导入",
            "`duban units` lists all names; import them with `duban import units FILE`",
        ),
        NotFound::Contact { similar: None, .. } => {
            ("全部联系人见 duban units", "`duban units` lists them all")
        }
        NotFound::SeveralObligations { candidates, .. } => {
            return words!(
                lang,
                zh = "请写明清单：{list}",
                en = "name it with its list: {list}",
                list = lang.list(candidates)
            );
        }
        NotFound::Obligation { .. } => (
            "全部事项及其编号见 duban upcoming --all",
            "`duban upcoming --all` lists every obligation with its reference",
        ),
        NotFound::Calendar { .. } => (
            "某一日期所用的日历版本见 duban explain；每次导入的版本见 duban journal",
            "`duban explain ID` prints the version of a date; `duban journal` that of every import",
        ),
        NotFound::SeveralCalendars { .. } => ("请多写几位", "give more digits"),
    };
    lang.pick(zh, en).to_owned()
}
