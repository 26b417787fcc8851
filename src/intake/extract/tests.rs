//! What is proposed from whole documents.
//!
//! Must not know: how a document is cut into pieces.

use super::*;

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
    assert!(extraction.duties[0].questions.contains(&Question::WhoElse));
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
    assert_eq!(duty.questions, [Question::Sense(Doubt::MonthWithoutDay)]);
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
