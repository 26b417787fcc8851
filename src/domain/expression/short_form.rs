//! The short forms of tables, written out: 2024.12, 6.30前, 05-14, 24年12月底, Q1, 2026 H1, “十四五”末, 半年一次, 3-5年内.
//!
//! They stand only where a text is an expression as a whole; in running text 6.30 is a number. Must not know: the grammar.

/// Years in which the five-year plans end.
const PLANS: &[(&str, &str)] = &[("十三五", "2020"), ("十四五", "2025"), ("十五五", "2030")];

/// `body` (in one form, see `normalized_text`) written out; `None` when it is no short form.
pub(super) fn written_out(body: &str) -> Option<String> {
    plan_end(body)
        .or_else(|| part_of_year(body))
        .or_else(|| two_digit_year(body))
        .or_else(|| numbers(body))
        .or_else(|| span_of_years(body))
        .or_else(|| once_in(body))
}

/// “十四五”末, 十四五期间.
fn plan_end(body: &str) -> Option<String> {
    let bare: String = body.chars().filter(|c| !"“”\"'「」".contains(*c)).collect();
    let (rest, year) =
        PLANS.iter().find_map(|(plan, year)| Some((bare.strip_prefix(plan)?, year)))?;
    let ends = ["末", "末期", "期末", "期间", "时期", "规划末", "末前", "期末前", "末年", ""];
    ends.contains(&rest).then(|| format!("{year}年底前"))
}

/// Q1, 2026q1, 1q, 2026 H1, 2026年Q1.
fn part_of_year(body: &str) -> Option<String> {
    let (year, part) = match body.find(|c: char| !c.is_ascii_digit()) {
        Some(4) => body.split_at_checked(4)?,
        _ => ("", body),
    };
    let part = part.trim_start_matches(['年', '-', '/', '.']);
    let (part, closing) = match part.find(|c: char| !c.is_ascii_alphanumeric()) {
        Some(end) => part.split_at_checked(end)?,
        None => (part, ""),
    };
    let part = match part {
        "q1" | "1q" => "第一季度",
        "q2" | "2q" => "第二季度",
        "q3" | "3q" => "第三季度",
        "q4" | "4q" => "第四季度",
        "h1" | "1h" => "上半年",
        "h2" | "2h" => "下半年",
        _ => return None,
    };
    let year = if year.is_empty() { String::new() } else { format!("{year}年") };
    Some(format!("{year}{part}{closing}"))
}

/// 24年12月底.
fn two_digit_year(body: &str) -> Option<String> {
    let (year, rest) = body.split_once('年')?;
    let is_year = year.len() == 2 && year.bytes().all(|byte| byte.is_ascii_digit());
    let names_month = rest.starts_with(|c: char| c.is_ascii_digit() || "底末上下第".contains(c));
    (is_year && names_month).then(|| format!("20{year}年{rest}"))
}

/// 2024.12, 2024/12, 6.30, 05-14, 5/14, each with or without 前.
fn numbers(body: &str) -> Option<String> {
    let end = body.find(|c: char| !(c.is_ascii_digit() || "./-".contains(c))).unwrap_or(body.len());
    let (figures, closing) = body.split_at_checked(end)?;
    if !matches!(closing, "" | "前" | "之前" | "以前" | "止" | "底" | "底前" | "末" | "完成")
    {
        return None;
    }
    let parts: Vec<&str> = figures.split(['.', '/', '-']).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    match parts.as_slice() {
        // 2022-6 is a day that was not written to its end
        [year, month]
            if year.len() == 4 && (1..=2).contains(&month.len()) && !figures.contains('-') =>
        {
            let month = number(month).filter(|month| (1..=12).contains(month))?;
            Some(format!("{year}年{month}月{closing}"))
        }
        [month, day] if month.len() <= 2 && day.len() <= 2 && !closing.contains(['底', '末']) => {
            let month = number(month).filter(|month| (1..=12).contains(month))?;
            let day = number(day).filter(|day| (1..=31).contains(day))?;
            Some(format!("{month}月{day}日{closing}"))
        }
        _ => None,
    }
}

/// 3-5年内, 三至五年: within the longer one.
fn span_of_years(body: &str) -> Option<String> {
    let whole = body.strip_suffix("年内").or_else(|| body.strip_suffix('年'))?;
    let (shorter, longer) =
        ["-", "~", "至", "到"].iter().find_map(|joint| whole.split_once(joint))?;
    let is_count = |text: &str| {
        let is_figure = text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_word =
            text.chars().count() == 1 && text.chars().all(|c| "一二两三四五六七八九十".contains(c));
        !text.is_empty() && (is_figure || is_word)
    };
    (is_count(shorter) && is_count(longer)).then(|| format!("{longer}年内"))
}

/// 半年一次, 一季度一次, 每半年1次.
fn once_in(body: &str) -> Option<String> {
    let period = body.strip_suffix("一次").or_else(|| body.strip_suffix("1次"))?;
    let period = period.strip_prefix('每').unwrap_or(period);
    let period = match period {
        "半年" => "每半年",
        "一年" | "1年" => "每年",
        "一季" | "一季度" | "一个季度" | "1个季度" => "每季度",
        "两月" | "两个月" | "2个月" => "每两个月",
        "一月" | "一个月" | "1个月" => "每月",
        "一周" | "1周" => "每周",
        _ => return None,
    };
    Some(period.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_written_out() {
        for (short, long) in [
            ("2024.12", "2024年12月"),
            ("2024/6底", "2024年6月底"),
            ("6.30前", "6月30日前"),
            ("05-14", "5月14日"),
            ("5/14", "5月14日"),
            ("24年12月底", "2024年12月底"),
            ("q1", "第一季度"),
            ("2026q1", "2026年第一季度"),
            ("2026h1前", "2026年上半年前"),
            ("“十四五”末", "2025年底前"),
            ("半年一次", "每半年"),
            ("3-5年内", "5年内"),
            ("三至五年", "五年内"),
        ] {
            assert_eq!(written_out(short).as_deref(), Some(long), "{short}");
        }
        for text in ["13.5", "6.31.2", "3.14.15", "0.5", "100.20", "5-4个", "近年内"] {
            assert_eq!(written_out(text), None, "{text}");
        }
    }
}
