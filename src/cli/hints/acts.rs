//! Hints for what is refused or asked about a new obligation, a share or a clock.
//!
//! Must not know: what the refusal itself says. Callers: this folder.

use super::ledger::Advice;
use crate::cli::exit_code::Exit;
use crate::domain::life::TransitionFault;
use crate::domain::rule::AdjustmentRefusal;
use crate::words;
use crate::words::Lang;
use crate::workflows::Refused;
use crate::workflows::add::AddError;
use crate::workflows::directory_refusal::DirectoryRefusal;
use crate::workflows::import_obligations::DateDoubt;

pub(super) fn transition(refusal: &TransitionFault, lang: Lang) -> String {
    let (zh, en) = match refusal {
        TransitionFault::NotPossible { possible, .. } => {
            let commands: Vec<&str> = possible.iter().map(|it| it.action().word()).collect();
            return words!(
                lang,
                zh = "可用的命令：{list}",
                en = "possible: {list}",
                list = lang.list(&commands)
            );
        }
        TransitionFault::NoEvidence => {
            ("请用 --evidence 写明网址或文号", "--evidence takes a URL or the number of a document")
        }
        TransitionFault::DoneInFuture { .. } => {
            ("--done 是实际办结之日", "--done takes the day on which the work was really done")
        }
        TransitionFault::TooEarly { .. } => (
            "确需提前结束的，请用 --shortened-because 写明理由",
            "an exception needs a reason: --shortened-because TEXT",
        ),
        TransitionFault::BeforeTrigger { .. } => (
            "--done 是实际办结之日；起算日登记有误的，请先更正起算日",
            "--done takes the day on which the work was really done; a wrong trigger is corrected first",
        ),
        TransitionFault::QuotaUnmet { .. } => (
            "补登已办的各次用 duban count；确需结束的，请用 --reason 写明理由",
            "enter what was held with `duban count`; to end it all the same, give --reason",
        ),
    };
    lang.pick(zh, en).to_owned()
}

pub(super) fn adjustment(refusal: &AdjustmentRefusal, lang: Lang) -> &'static str {
    let (zh, en) = match refusal {
        AdjustmentRefusal::Impossible(_) => (
            "已作的各次调整见 duban explain",
            "`duban explain ID` shows the adjustments so far, in order",
        ),
        AdjustmentRefusal::Future { .. } => (
            "请在发生之日或其后登记；--on 是发生之日",
            "record it on the day it happens, or later; --on takes the day it happened",
        ),
        AdjustmentRefusal::AfterExpiry { .. } => (
            "期限届满后不能再调整；请报结，并说明逾期原因",
            "an ended term stays ended; report the obligation, and say why it was late",
        ),
        AdjustmentRefusal::AlreadyExtended { .. } => (
            "法律只允许延期一次；登记有误的，用 duban undo 更正",
            "the law grants one extension; a wrong entry is taken back with `duban undo`",
        ),
        AdjustmentRefusal::NoReason => ("请用 --reason 写明理由", "give it with --reason"),
        AdjustmentRefusal::NotAllowed { .. } | AdjustmentRefusal::TooLong { .. } => (
            "各规则允许的调整及其依据见 duban rules",
            "`duban rules` shows what each rule allows, with its article",
        ),
        AdjustmentRefusal::OtherGround { .. } => {
            ("请用 --ground 写明上述情形之一", "give one of these grounds with --ground")
        }
        AdjustmentRefusal::OtherEffect { .. } => {
            ("请用与该情形相应的命令", "use the command for that effect")
        }
    };
    lang.pick(zh, en)
}

pub(super) fn add(error: &AddError, lang: Lang) -> Advice {
    let (hint, exit) = match error {
        AddError::Taken { reference } => (taken(reference, lang), Exit::Rejected),
        AddError::Withdrawn { reference } => (
            words!(
                lang,
                zh = "未作改动；恢复办理用 duban reopen {reference}，另一事项请换编号",
                en = "nothing was changed; `duban reopen {reference}` takes the withdrawal back, another obligation needs \
                      another reference"
            ),
            Exit::NeedsPerson,
        ),
        AddError::Doubtful { doubt, .. } => (doubtful(*doubt, lang), Exit::NeedsPerson),
        AddError::Import(_) => return (None, Exit::Rejected),
    };
    (Some(hint), exit)
}

fn taken(reference: &str, lang: Lang) -> String {
    words!(
        lang,
        zh = "如需修改，请用 duban import obligations 重新导入；如为另一事项，请换一个 --ref 编号。现有内容见 duban show {reference}",
        en = "to update it, import it with `duban import obligations`; for another obligation, choose a different --ref; \
              `duban show {reference}` shows what is there"
    )
}

fn doubtful(doubt: DateDoubt, lang: Lang) -> String {
    words!(
        lang,
        zh = "未登记任何内容；确认无误的，请加 {option}",
        en = "nothing was registered; if it is right, add {option}",
        option = doubt.option()
    )
}

pub(super) fn directory(refusal: &DirectoryRefusal, lang: Lang) -> &'static str {
    let (zh, en) = match refusal {
        DirectoryRefusal::OneUnit { .. } => ("请写明两个不同的单位", "name two different units"),
        DirectoryRefusal::NameTaken { .. } => (
            "两个单位合为一个的，请用 duban units merge 单位 --into 单位",
            "`duban units merge UNIT --into UNIT` makes two units one",
        ),
        DirectoryRefusal::NoName => ("请写明名称", "give a name"),
        DirectoryRefusal::IsGroup { .. } => (
            "单位组的成员用 duban units leave 和导入单位表调整",
            "`duban units leave` and a table of units change the members of a group",
        ),
        DirectoryRefusal::UnitNeeded { .. } => (
            "由其他单位承接的，请用 duban units merge 单位 --into 单位；不再办理的，请先办结或撤销事项",
            "`duban units merge UNIT --into UNIT` lets another unit take over; else close or withdraw these first",
        ),
        DirectoryRefusal::PostTaken { .. } => (
            "请用 --name 写明另一姓名或职务；接替现有联系人的用 duban contacts replace",
            "give another name with --name; `duban contacts replace` lets one contact take over from another",
        ),
    };
    lang.pick(zh, en)
}

/// What to name when an act may mean several units or occurrences.
pub(super) fn which(refused: &Refused, lang: Lang) -> String {
    if let Refused::SeveralOccurrences { open, .. } = refused {
        let first = open.first().map_or("", String::as_str);
        return words!(
            lang,
            zh = "未作改动；请写明哪一期，例如 {first}，可以写几期；全部各期请加 --all-occurrences",
            en = "nothing was changed; name the occurrence, such as {first}, or several; for all of them add --all-occurrences"
        );
    }
    let hint = lang.pick(
        "未作改动；只办其中一个单位的，请加 --unit 单位；全部办理的，请加 --all-units",
        "nothing was changed; for one of them add --unit UNIT, for all of them --all-units",
    );
    hint.to_owned()
}
