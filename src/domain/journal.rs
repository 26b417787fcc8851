//! What a line of the journal says was done.
//!
//! Must not know: who did it, to what, where lines are kept.

use crate::words_of;

/// One kind of change that the journal records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    Register,
    Revise,
    Acknowledge,
    Report,
    Close,
    Reopen,
    Withdraw,
    Extend,
    Suspend,
    Resume,
    Restart,
    Silence,
    Count,
    OpenOccurrence,
    EndSeries,
    Recalculate,
    Regroup,
    ImportUnits,
    LeaveGroup,
    Away,
    RenameUnit,
    MergeUnits,
    RetireUnit,
    ReplaceContact,
    MoveContact,
    RetireContact,
    ImportCalendar,
    ImportObligations,
    UndoImport,
    Plan,
    Seal,
    Deliver,
    Hold,
    Release,
    Retry,
    Cancel,
    DeadLetter,
    Expire,
    TakeMail,
    ProposeAcknowledgement,
    BreakerOpened,
    BreakerClosed,
    ItemResolved,
    ItemDecided,
    Undo,
    RegisterInstance,
    Adopt,
    ConfirmClock,
    ClockSetBack,
    OrderErasure,
    Erase,
    Retain,
}

words_of! {
    Action {
        Register = "register", zh = "登记", en = "register";
        Revise = "revise", zh = "修改", en = "revise";
        Acknowledge = "ack", zh = "签收", en = "acknowledge";
        Report = "report", zh = "报结", en = "report";
        Close = "close", zh = "销号", en = "close";
        Reopen = "reopen", zh = "恢复办理", en = "reopen";
        Withdraw = "withdraw", zh = "撤销", en = "withdraw";
        Extend = "extend", zh = "延期", en = "extend";
        Suspend = "suspend", zh = "中止", en = "suspend";
        Resume = "resume", zh = "恢复", en = "resume";
        Restart = "restart", zh = "重新起算", en = "restart";
        Silence = "silence", zh = "暂停提醒", en = "silence";
        Count = "count", zh = "计次", en = "count";
        OpenOccurrence = "open-occurrence", zh = "新开一期", en = "open occurrence";
        EndSeries = "end-series", zh = "终止周期事项", en = "end series";
        Recalculate = "recalculate", zh = "重算日期", en = "recalculate dates";
        Regroup = "regroup", zh = "单位组变更", en = "change group";
        ImportUnits = "import-units", zh = "导入单位", en = "import units";
        LeaveGroup = "leave-group", zh = "退出单位组", en = "leave group";
        Away = "away", zh = "外出", en = "away";
        RenameUnit = "rename-unit", zh = "单位更名", en = "rename unit";
        MergeUnits = "merge-units", zh = "单位合并", en = "merge units";
        RetireUnit = "retire-unit", zh = "撤销单位", en = "retire unit";
        ReplaceContact = "replace-contact", zh = "更换联系人", en = "replace contact";
        MoveContact = "move-contact", zh = "联系人调动", en = "move contact";
        RetireContact = "retire-contact", zh = "停用联系人", en = "retire contact";
        ImportCalendar = "import-calendar", zh = "导入放假安排", en = "import calendar";
        ImportObligations = "import-obligations", zh = "导入事项", en = "import obligations";
        UndoImport = "undo-import", zh = "撤回导入", en = "take an import back";
        Plan = "plan", zh = "安排提醒", en = "plan reminders";
        Seal = "seal", zh = "生成邮件", en = "write mail";
        Deliver = "deliver", zh = "投递", en = "deliver";
        Hold = "hold", zh = "暂停发送", en = "hold";
        Release = "release", zh = "放行", en = "release";
        Retry = "retry", zh = "重发", en = "retry";
        Cancel = "cancel", zh = "取消邮件", en = "cancel mail";
        DeadLetter = "dead-letter", zh = "无法投递", en = "undeliverable";
        Expire = "expire", zh = "邮件过时", en = "mail expired";
        TakeMail = "take-mail", zh = "收到来信", en = "mail received";
        ProposeAcknowledgement = "propose-ack", zh = "拟签收", en = "propose acknowledgement";
        BreakerOpened = "breaker-opened", zh = "停用发送通道", en = "stop sending";
        BreakerClosed = "breaker-closed", zh = "恢复发送通道", en = "resume sending";
        ItemResolved = "item-resolved", zh = "处理完毕", en = "done with";
        ItemDecided = "item-decided", zh = "暂缓处理", en = "put off";
        Undo = "undo", zh = "更正", en = "take back";
        RegisterInstance = "register-instance", zh = "登记本副本", en = "register this copy";
        Adopt = "adopt", zh = "确认本副本", en = "confirm this copy";
        ConfirmClock = "confirm-clock", zh = "确认时钟", en = "confirm clock";
        ClockSetBack = "clock-set-back", zh = "时钟回拨", en = "clock set back";
        OrderErasure = "order-erasure", zh = "拟删除个人信息", en = "order erasure";
        Erase = "erase", zh = "删除个人信息", en = "erase personal data";
        Retain = "retain", zh = "清理到期数据", en = "delete data past its period";
    }
}

impl Action {
    /// False for what is about mail, items and the installation alone: units, obligations and what moves them stay as they were.
    pub fn changes_the_register(self) -> bool {
        match self {
            Self::Plan
            | Self::Seal
            | Self::Deliver
            | Self::Hold
            | Self::Release
            | Self::Retry
            | Self::Cancel
            | Self::DeadLetter
            | Self::Expire
            | Self::TakeMail
            | Self::ProposeAcknowledgement
            | Self::BreakerOpened
            | Self::BreakerClosed
            | Self::ItemResolved
            | Self::ItemDecided
            | Self::RegisterInstance
            | Self::Adopt
            | Self::ConfirmClock
            | Self::ClockSetBack => false,
            Self::Register
            | Self::Revise
            | Self::Acknowledge
            | Self::Report
            | Self::Close
            | Self::Reopen
            | Self::Withdraw
            | Self::Extend
            | Self::Suspend
            | Self::Resume
            | Self::Restart
            | Self::Silence
            | Self::Count
            | Self::OpenOccurrence
            | Self::EndSeries
            | Self::Recalculate
            | Self::Regroup
            | Self::ImportUnits
            | Self::RenameUnit
            | Self::MergeUnits
            | Self::RetireUnit
            | Self::ReplaceContact
            | Self::MoveContact
            | Self::RetireContact
            | Self::LeaveGroup
            | Self::Away
            | Self::ImportCalendar
            | Self::ImportObligations
            | Self::UndoImport
            | Self::Undo
            | Self::OrderErasure
            | Self::Erase
            | Self::Retain => true,
        }
    }
}
