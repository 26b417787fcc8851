//! What is proposed from whole documents.
//!
//! Must not know: how a document is cut into pieces.

use super::*;
use crate::domain::expression::Ambiguity;

fn read(text: &str) -> Extraction {
    let document = Document::read("a.txt", text.as_bytes()).unwrap();
    extract(&document, &[], None)
}

#[test]
fn a_paragraph_document_names_units_in_brackets_labels_and_subjects() {
    let extraction = read(
        "关于印发2022年重点工作分工的通知\n\
         一、抓好落实\n\
         （一）完成入库。2022年9月底前全部入库。（区教委牵头，区财政局等配合）\n\
         （二）区民政局要在10月底前报送总结。\n\
         （三）三个月内形成清单。\n\
         责任单位：区司法局、区人社局\n",
    );
    let found: Vec<_> = extraction
        .duties
        .iter()
        .map(|duty| (duty.clause.as_str(), duty.lead.join("、"), duty.responsible.join("、")))
        .collect();
    assert_eq!(
        found,
        [
            ("一、（一）", "区教委".to_owned(), "区财政局".to_owned()),
            ("一、（二）", String::new(), "区民政局".to_owned()),
            ("一、（三）", String::new(), "区司法局、区人社局".to_owned()),
        ]
    );
    assert!(extraction.duties[0].questions.contains(&Question::OpenList));
    assert_eq!(extraction.facts.year, Some(2022));
}

#[test]
fn a_time_column_sets_the_limit_of_its_row() {
    let extraction = read(
        "序号\t工作任务\t责任单位\t完成时限\n1\t建成平台\t区教委\t2022年11月\n2\t日常维护\t区教委\t持续推进\n",
    );
    assert_eq!(extraction.duties.len(), 1);
    let duty = &extraction.duties[0];
    assert_eq!(duty.text, "建成平台");
    assert_eq!(duty.term.as_ref().unwrap().to_string(), "2022-11-30");
    assert_eq!(duty.questions, [Question::Ambiguous(Ambiguity::MonthWithoutDay)]);
    assert_eq!(extraction.undated[0].written, "持续推进");
}

#[test]
fn a_flattened_page_leaves_the_units_of_a_row_behind_its_sentence() {
    let extraction = read(
        "关于印发2020年任务分工的通知发布日期:2020-07-17\n\
         重点任务贯彻举措牵头单位责任单位2．按要求公开。市政府办公厅市政府有关部门3．2020年10月30日前，编制完成目录。\
         市政府办公厅各区县政府（三）以规章为重点。市政府办公厅市政府有关部门3．2020年10月30日前，编制完成目录。",
    );
    assert_eq!(extraction.duties.len(), 1, "a sentence printed twice is one duty");
    let duty = &extraction.duties[0];
    assert_eq!(
        (duty.text.as_str(), duty.clause.as_str()),
        ("2020年10月30日前，编制完成目录。", "3")
    );
    assert_eq!(
        (&duty.lead[..], &duty.responsible[..]),
        (&["市政府办公厅".to_owned()][..], &["各区县政府".to_owned()][..])
    );
    assert_eq!(duty.questions, [Question::UnitsFromElsewhere]);
}

/// Clause, term, lead and responsible of each duty.
fn told(extraction: &Extraction) -> Vec<(String, String, String, String)> {
    let told = extraction.duties.iter().map(|duty| {
        let term = duty.term.as_ref().map_or_else(ToString::to_string, ToString::to_string);
        (duty.clause.clone(), term, duty.lead.join("、"), duty.responsible.join("、"))
    });
    told.collect()
}

fn row(
    clause: &str,
    term: &str,
    lead: &str,
    responsible: &str,
) -> (String, String, String, String) {
    (clause.to_owned(), term.to_owned(), lead.to_owned(), responsible.to_owned())
}

#[test]
fn a_ministry_s_list_names_units_behind_each_measure() {
    let extraction = read(
        "重点任务分工方案\n国办发〔2021〕25号\n\
         一、激发活力\n\
         1．2021年底前全部纳入监控系统。（财政部牵头，国务院相关部门及各地区按职责分工负责）\n\
         2．制定支持政策。（市场监管总局、税务总局等部门负责，2021年9月底前完成）\n\
         3．各地区、各有关部门要在每月5日前报送进展。\n",
    );
    assert_eq!(
        told(&extraction),
        [
            row("一、1", "2021-12-31", "财政部", "国务院相关部门、各地区"),
            row("一、2", "2021-09-30", "", "市场监管总局、税务总局"),
            row("一、3", "every:1mo@0-5", "", "各地区、各有关部门"),
        ]
    );
    let bracketed = &extraction.duties[1];
    assert_eq!(
        bracketed.text,
        "制定支持政策。（市场监管总局、税务总局等部门负责，2021年9月底前完成）"
    );
    assert!(bracketed.questions.contains(&Question::OpenList));
}

#[test]
fn labels_say_by_when_in_the_line_or_below_it() {
    let extraction = read(
        "某市2024年优化营商环境重点任务分工表\n\
         一、提升效能\n\
         1.压缩审批时间。牵头单位：市住房城乡建设局；配合单位：市自然资源局；完成时限：2024年10月\n\
         2.建立沟通机制。\n\
         责任单位：市工商联、市发展改革委\n\
         完成时限：6月底前\n\
         3.做好日常宣传。责任单位：市司法局；完成时限：持续推进\n",
    );
    assert_eq!(
        told(&extraction),
        [
            row("一、1", "2024-10-31", "市住房城乡建设局", "市自然资源局"),
            row("一、2", "2024-06-30", "", "市工商联、市发展改革委"),
        ]
    );
    let texts: Vec<_> = extraction.duties.iter().map(|duty| duty.text.as_str()).collect();
    assert_eq!(texts, ["压缩审批时间。", "建立沟通机制。"]);
    assert_eq!(extraction.undated.len(), 1);
}

#[test]
fn a_numbered_row_that_names_one_unit_takes_none_from_above() {
    let extraction = read(
        "序号\t具体举措\t牵头单位\t责任单位\t完成时限\n\
         1\t开展季度检查\t区大数据局\t各网站主办单位\t每季度首月15日前\n\
         2\t开展年度考核\t区政府办公室\t\t2023年12月底前\n\
         3\t召开联席会议\t\t\t上半年、下半年各1次\n",
    );
    assert_eq!(
        told(&extraction),
        [
            row("", "every:3mo@0-15", "区大数据局", "各网站主办单位"),
            row("", "2023-12-31", "区政府办公室", "区政府办公室"),
            row("", "=1/6mo", "区政府办公室", "区政府办公室"),
        ]
    );
}

#[test]
fn the_nearest_subject_owes_the_duty_and_leading_clauses_say_who_leads() {
    let extraction = read(
        "关于做好2023年重点工作的通知\n\
         （一）各部门应于1月31日前公布年度报告，县政府办公室于3月31日前公布全县年度报告。\n\
         （二）县司法局牵头，各起草部门配合，政策文件公布后3个工作日内发布解读材料。\n\
         （三）请各单位于4月10日（星期一）前报送工作台账。\n\
         （四）县财政局要在县人代会批准后20日内公开预算。\n",
    );
    assert_eq!(
        told(&extraction),
        [
            row("（一）", "2023-01-31", "", "各部门"),
            row("（一）", "2023-03-31", "", "县政府办公室"),
            row("（二）", "3wd", "县司法局", "各起草部门"),
            row("（三）", "2023-04-10", "", "各单位"),
            row("（四）", "20d", "", "县财政局"),
        ]
    );
    assert!(extraction.duties[4].questions.is_empty());
}

#[test]
fn articles_of_a_regulation_are_clauses() {
    let extraction = read(
        "某省政府信息公开办法\n\
         第十条　行政机关收到申请，应当自收到申请之日起20个工作日内予以答复；需要延长的，应当经工作机构负责人同意，\
         延长的期限最长不得超过20个工作日。\n\
         第十二条　县级以上人民政府部门应当在每年1月31日前公布年度报告。\n",
    );
    assert_eq!(
        told(&extraction),
        [
            row("第十条", "20wd", "", "行政机关"),
            row("第十二条", "every:12mo@0-31", "", "县级以上人民政府部门"),
        ]
    );
}

#[test]
fn a_cell_may_say_itself_who_leads() {
    let extraction = read(
        "任务\t责任单位\t时间节点\n\
         新建公园\t区城管局（牵头）、区园林局\t2024.11.30\n\
         改造小区\t区住建委牵头，各街道办事处配合\t2024年10月底\n",
    );
    assert_eq!(
        told(&extraction),
        [
            row("", "2024-11-30", "区城管局", "区园林局"),
            row("", "2024-10-31", "区住建委", "各街道办事处"),
        ]
    );
}

/// Passages that are no findings, each with its reason; 未识别 for those that are unread.
fn not_found(extraction: &Extraction) -> Vec<(String, &'static str)> {
    let unread = extraction.account.unread.iter().map(|it| (it.written.clone(), "unread"));
    let left_out = extraction.account.left_out.iter();
    unread.chain(left_out.map(|it| (it.passage.written.clone(), it.reason.word()))).collect()
}

#[test]
fn every_row_of_a_table_is_a_duty_an_undated_word_or_left_out_for_a_reason() {
    let extraction = read(
        "序号\t工作任务\t责任单位\t完成时限\t备注\n\
         1\t建成平台\t区教委\t2022年11月底前\t\n\
         2\t日常维护\t区教委\t持续推进\t\n\
         3\t编制目录\t区民政局\t\t\n\
         4\t公开预算\t区财政局\t2022年9月底前\t每月25日前报送进展\n",
    );
    assert_eq!(extraction.account.rows, 4);
    assert_eq!((extraction.duties.len(), extraction.undated.len()), (2, 1));
    let expected =
        [("每月25日前".to_owned(), "unread"), ("编制目录".to_owned(), "row_without_limit")];
    assert_eq!(not_found(&extraction), expected);
}

#[test]
fn days_of_another_kind_and_past_events_are_left_out_for_a_reason() {
    let extraction = read(
        "关于做好2022年重点工作的通知\n\
         2021年12月31日前建成的平台，由区教委在2022年9月底前整改。\n",
    );
    assert_eq!(extraction.duties.len(), 1);
    let expected =
        [("2022年".to_owned(), "sets_no_limit"), ("2021年12月31日前".to_owned(), "sets_no_limit")];
    assert_eq!(not_found(&extraction), expected);
    let extraction = read(
        "工作任务\t责任单位\t完成时限\t实际完成时间\n建成平台\t区教委\t2022年11月底前\t2022年10月8日\n",
    );
    assert_eq!(not_found(&extraction), [("2022年10月8日".to_owned(), "other_column")]);
}
