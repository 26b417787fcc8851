//! The State Council's notices as they are published, from 2007 on: read as text they give exactly the shipped days.

use std::path::{Path, PathBuf};

use duban::config::calendars;
use duban::domain::calendar::Notice;
use duban::intake::document::Document;
use duban::intake::holiday_notice::{HolidayNoticeFault, read_holiday_notice};
use jiff::civil::date;

use crate::support::office::TestOffice;
use crate::support::office_files::docx;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calendar/notices")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.txt"))).unwrap()
}

fn shipped(year: i16) -> Notice {
    calendars::shipped().unwrap().into_iter().find(|notice| notice.year == year).unwrap()
}

/// The notice of a year, with its amendment where there is one.
fn read(year: i16) -> Notice {
    let of = |text: &str| {
        read_holiday_notice(text).unwrap_or_else(|faults| panic!("{year}: {faults:?}"))
    };
    let notice = of(&text(&year.to_string())).applied_to(None).unwrap();
    let amended = folder().join(format!("{year}-amended.txt"));
    match std::fs::read_to_string(amended) {
        Ok(amendment) => of(&amendment).applied_to(Some(&notice)).unwrap(),
        Err(_) => notice,
    }
}

/// Without the days of publication, which the papers themselves do not hold.
fn unpublished(mut notice: Notice) -> Notice {
    notice.published = None;
    notice.amendments.iter_mut().for_each(|amendment| amendment.published = None);
    notice
}

#[test]
fn every_notice_since_2007_gives_exactly_the_shipped_days() {
    for year in 2007..=2026 {
        assert_eq!(read(year), unpublished(shipped(year)), "{year}");
    }
}

#[test]
fn an_amendment_that_is_known_changes_nothing() {
    for year in [2015, 2019, 2020] {
        let amendment = read_holiday_notice(&text(&format!("{year}-amended"))).unwrap();
        let shipped = unpublished(shipped(year));
        assert_eq!(amendment.applied_to(Some(&shipped)).unwrap(), shipped, "{year}");
    }
}

#[test]
fn a_notice_that_is_written_as_a_calendar_file_reads_the_same() {
    for year in [2009, 2019, 2026] {
        let notice = read(year);
        let path = Path::new("cn.json");
        assert_eq!(calendars::read(path, &calendars::write(&notice)).unwrap(), notice);
    }
}

/// Pasted without line ends, with half-width marks, as a web page and as a Word file.
#[test]
fn the_form_of_the_file_changes_nothing() {
    let published = text("2026");
    let expected = read(2026);
    let paragraphs: Vec<&str> = published.lines().collect();
    let page = format!("<html><body><p>{}</p></body></html>", paragraphs.join("</p><p>"));
    let table = "关于2026年部分节假日安排的通知\n国办发明电〔2025〕7号\n2025年11月4日\n\
                 <table><tr><th>节日</th><th>放假时间</th><th>调休上班日期</th><th>放假天数</th></tr>\
                 <tr><td>元旦</td><td>1月1日至3日</td><td>1月4日（周日）</td><td>3天</td></tr>\
                 <tr><td>春节</td><td>2月15日至23日</td><td>2月14日（周六）、2月28日（周六）</td><td>9天</td></tr>\
                 <tr><td>清明节</td><td>4月4日至6日</td><td>无</td><td>3天</td></tr>\
                 <tr><td>劳动节</td><td>5月1日至5日</td><td>5月9日（周六）</td><td>5天</td></tr>\
                 <tr><td>端午节</td><td>6月19日至21日</td><td>无</td><td>3天</td></tr>\
                 <tr><td>中秋节</td><td>9月25日至27日</td><td>无</td><td>3天</td></tr>\
                 <tr><td>国庆节</td><td>10月1日至7日</td><td>9月20日（周日）、10月10日（周六）</td><td>7天</td></tr></table>";
    let table = format!("<html><body><p>{}</p></body></html>", table.replace('\n', "</p><p>"));
    for (name, bytes) in [
        ("a.txt", published.replace('（', "(").replace('）', ")").replace('：', ":").into_bytes()),
        ("a.txt", published.replacen("\n　　", "", 8).into_bytes()),
        ("a.html", page.into_bytes()),
        ("a.html", table.into_bytes()),
        ("a.docx", docx(&paragraphs, &[])),
    ] {
        let document = Document::read(name, &bytes).unwrap();
        let notice = read_holiday_notice(&document.text).unwrap().applied_to(None).unwrap();
        let days = |notice: &Notice| (notice.off.clone(), notice.work.clone());
        assert_eq!(days(&notice), days(&expected), "{name}");
        assert_eq!((notice.year, &notice.number), (2026, &expected.number), "{name}");
    }
}

#[test]
fn days_of_the_week_and_sums_that_do_not_fit_are_faults() {
    let published = text("2026");
    let faults =
        |from: &str, to: &str| read_holiday_notice(&published.replace(from, to)).unwrap_err();
    assert_eq!(
        faults("1月4日（周日）", "1月4日（周六）"),
        [HolidayNoticeFault::OtherWeekday { date: date(2026, 1, 4), written: "周六".to_owned() }]
    );
    assert_eq!(
        faults("共9天", "共8天"),
        [HolidayNoticeFault::OtherCount { holiday: "春节".to_owned(), found: 9, written: 8 }]
    );
    assert_eq!(
        read_holiday_notice("关于放假的通知\n请各单位做好值班。").unwrap_err(),
        [HolidayNoticeFault::YearMissing]
    );
    let plain = read_holiday_notice("关于做好2026年工作的通知\n2026年6月30日前完成。").unwrap_err();
    assert_eq!(plain, [HolidayNoticeFault::NoDays]);
}

#[test]
fn a_notice_is_shown_first_and_imported_once_it_is_confirmed() {
    let office = TestOffice::new();
    // like that of 2026, one year later: no real notice
    let days = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。\n\
                二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月4日（周四）起放假。\n";
    let wrong =
        office.write("坏.txt", format!("国务院办公厅关于2027年部分节假日安排的通知\n{days}"));
    office.run(&["import", "calendar", &wrong]).expect_code(14);
    let paper = office.write("通知.txt", text("2026"));
    let shown = office.run(&["import", "calendar", &paper]).expect_code(20);
    assert!(
        shown.out.contains("春节") && shown.err.contains("--yes"),
        "{}{}",
        shown.out,
        shown.err
    );
    let done = office.run(&["import", "calendar", "--yes", &paper]).expect_code(0);
    assert!(done.err.contains("nothing new"), "{}", done.err);
    for known in ["2019-amended", "2020-amended"] {
        let amended = office.write("调整.txt", text(known));
        office.run(&["import", "calendar", "--yes", &amended]).expect_code(0);
    }
}
