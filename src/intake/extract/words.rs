//! The words by which duties are found in documents.
//!
//! Must not know: what is concluded from them. A list of words changes how sure a result is, hardly ever whether there is one.

/// The part of a unit in a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Lead,
    Responsible,
}

/// What titles of documents end in.
pub(super) const TITLE_ENDINGS: &[&str] = &[
    "通知",
    "要点",
    "分工",
    "方案",
    "意见",
    "办法",
    "计划",
    "规定",
    "清单",
    "决定",
    "措施",
    "细则",
    "任务书",
    "安排",
    "通报",
    "分工表",
    "任务表",
    "责任表",
    "台账",
    "公告",
    "函",
];

/// What names of units end in.
pub(super) const UNIT_ENDINGS: &[&str] = &[
    "局",
    "委",
    "办",
    "部",
    "厅",
    "院",
    "馆",
    "中心",
    "政府",
    "部门",
    "单位",
    "机关",
    "办公室",
    "办公厅",
    "委员会",
    "办事处",
    "街道",
    "镇",
    "乡",
    "公司",
    "集团",
    "小组",
    "专班",
    "管委会",
    "银行",
    "学校",
    "医院",
    "机构",
    "企业",
    "联合会",
    "协会",
    "工会",
    "妇联",
    "团委",
    "残联",
    "园区",
    "新区",
    "开发区",
    "分局",
    "总队",
    "支队",
    "大队",
    "处",
    "科",
    "室",
    "所",
    "站",
    "队",
    "社区",
    "村",
    "地区",
    "区县",
    "县区",
    "各区",
    "各县",
    "各地",
    "镇街",
    "街镇",
    "学会",
    "科协",
    "文联",
    "侨联",
    "工商联",
    "社科联",
    "海关",
    "联席会议",
    "供销社",
    "信用社",
    "农商行",
    "党校",
    "红十字会",
    "政协",
    "电视台",
    "旗县",
    "高校",
    "中小学",
    "法院",
    "检察院",
    "审计署",
    "总署",
];

/// What an open list is summed up by: 区教委、区财政局等有关部门.
pub(super) const LIST_SUMMARIES: &[&str] =
    &["部门", "单位", "有关部门", "相关部门", "有关单位", "相关单位", "部门和单位", "部门及单位"];

/// Words that stand between two names without a mark.
pub(super) const CONJUNCTIONS: [&str; 5] = ["以及", "会同", "及", "和", "与"];

/// A character before 等 that makes it part of a word, not the end of a list: 高等学校.
pub(super) const BEFORE_ETC_IN_WORDS: [char; 4] = ['高', '中', '初', '平'];

/// What no name of a unit begins with.
pub(super) const NOT_NAME_BEGINNINGS: &[&str] = &[
    "加强", "推进", "做好", "落实", "指导", "督促", "对", "在", "由", "以", "将", "把", "按",
    "根据", "参照", "通过", "经", "报", "向", "与", "为", "严格", "认真", "切实", "组织", "协调",
    "应当", "需要", "不能", "可以", "必须", "依法", "按照", "逾期", "申请", "收到", "属于", "涉及",
    "针对", "围绕", "依托", "明确", "建立", "完善", "要", "公开",
];

/// Words before a colon that name a part.
pub(super) const PARTY_LABELS: &[(&str, Part)] = &[
    ("牵头单位", Part::Lead),
    ("牵头部门", Part::Lead),
    ("主办单位", Part::Lead),
    ("牵头", Part::Lead),
    ("责任单位", Part::Responsible),
    ("责任部门", Part::Responsible),
    ("配合单位", Part::Responsible),
    ("配合部门", Part::Responsible),
    ("负责单位", Part::Responsible),
    ("协办单位", Part::Responsible),
    ("参与单位", Part::Responsible),
    ("参加单位", Part::Responsible),
    ("承办单位", Part::Responsible),
    ("落实单位", Part::Responsible),
    ("主责单位", Part::Lead),
    ("主责部门", Part::Lead),
    ("主办部门", Part::Lead),
    ("协同单位", Part::Responsible),
    ("协同部门", Part::Responsible),
    ("协助单位", Part::Responsible),
    ("协办部门", Part::Responsible),
    ("会办单位", Part::Responsible),
    ("承办部门", Part::Responsible),
    ("负责部门", Part::Responsible),
    ("实施单位", Part::Responsible),
    ("实施主体", Part::Responsible),
    ("责任主体", Part::Responsible),
    ("责任科室", Part::Responsible),
];

/// What ends the names of one role in 区教委牵头，区财政局配合; longer words first.
pub(super) const ROLE_VERBS: &[(&str, Part)] = &[
    ("牵头负责", Part::Lead),
    ("牵头落实", Part::Lead),
    ("牵头", Part::Lead),
    ("按照职责分工负责", Part::Responsible),
    ("按职责分工负责", Part::Responsible),
    ("按职责分工落实", Part::Responsible),
    ("按职责负责", Part::Responsible),
    ("分工负责", Part::Responsible),
    ("分别负责", Part::Responsible),
    ("共同负责", Part::Responsible),
    ("具体负责", Part::Responsible),
    ("负责落实", Part::Responsible),
    ("负责", Part::Responsible),
    ("协同配合", Part::Responsible),
    ("配合", Part::Responsible),
    ("参与", Part::Responsible),
    ("参加", Part::Responsible),
    ("协助", Part::Responsible),
    ("指导", Part::Responsible),
    ("落实", Part::Responsible),
];

/// What ends a remark between names: 2022年底前完成, 持续推进.
pub(super) const REMARK_ENDINGS: &[&str] =
    &["完成", "推进", "坚持", "实施", "见效", "前", "以内", "之内", "为准", "同步"];

/// What a bracket begins with that explains the words before it: （以下简称区政府办）.
pub(super) const EXPLANATIONS: &[&str] =
    &["含", "包括", "不含", "除", "如", "即", "以下简称", "简称", "原", "详见"];

/// What a name in a list says about its part: 区城管局（牵头）.
pub(super) const ROLE_SUFFIXES: &[(&str, Part)] = &[
    ("（牵头单位）", Part::Lead),
    ("（牵头）", Part::Lead),
    ("(牵头)", Part::Lead),
    ("（配合单位）", Part::Responsible),
    ("（配合）", Part::Responsible),
    ("(配合)", Part::Responsible),
    ("（负责）", Part::Responsible),
];

/// Verbs that follow the subject of a duty.
pub(super) const SUBJECT_VERBS: &[&str] = &[
    "应当", "必须", "务必", "不能", "可以", "收到", "要", "应", "须", "需", "负责", "牵头", "于",
    "在", "每", "将", "对", "落实", "根据",
];

/// Verbs of a role that only units have.
pub(super) const UNIT_VERBS: &[&str] = &["牵头", "牵头负责", "牵头落实", "配合", "协同配合"];

/// Endings that make the beginning of a clause a unit.
pub(super) const CERTAIN_ENDINGS: &[&str] = &[
    "局",
    "委",
    "厅",
    "政府",
    "部门",
    "中心",
    "委员会",
    "办公室",
    "街道",
    "镇",
    "乡",
    "公司",
    "支队",
    "大队",
    "分局",
];

/// What may follow a name and belong to it: 区政府办公室.
pub(super) const NAME_TAILS: &[&str] =
    &["办公室", "办公厅", "办事处", "委员会", "分局", "服务中心", "督查室", "各部门"];

/// Levels that stand in a list of units without more: 各省、自治区、直辖市民政部门.
pub(super) const LEVELS: &[&str] = &["省", "自治区", "直辖市", "市", "县", "区", "旗", "盟", "州"];

/// Endings that a word other than the name of a unit may have too.
pub(super) const UNCERTAIN_ENDINGS: [&str; 9] =
    ["单位", "企业", "机构", "学校", "医院", "机关", "处", "室", "社区"];

/// What names of units begin with, at their level.
pub(super) const LEVEL_CHARACTERS: [char; 9] =
    ['市', '区', '县', '省', '各', '全', '镇', '乡', '管'];

/// Words before a colon that name a time limit: 完成时限：2024年10月.
pub(super) const TIME_LABELS: &[&str] =
    &["时限", "完成时间", "时间节点", "完成期限", "办理期限", "整改期限"];

/// Sentences that say that the first unit of each list leads: 列第一位者为牵头单位，下同.
pub(super) const FIRST_LEADS: &[&str] = &[
    "第一位的为牵头",
    "第一位者为牵头",
    "首位的为牵头",
    "第一位为牵头",
    "第一个单位为牵头",
    "排在首位的为牵头",
];

/// A group that a person must resolve to units: 有关部门.
pub(super) const VAGUE_GROUPS: &[&str] = &["有关", "相关"];

/// After one of these it is open whether the day is that of the draft or of the approval: 报市政府审定后印发.
pub(super) const APPROVALS: &[&str] = &["审定后", "批准后", "审批后"];

/// Endings of names that are parts in a document, not units.
pub(super) const ROLE_NAMES: &[&str] = &["牵头单位", "责任单位"];
