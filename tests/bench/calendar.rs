//! How fast dates are counted: our checked function, an unchecked loop over the same tables, a walk from day to day;
//! and rows a second of `due --batch`. Ratios are printed first, divan's tables after them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench may stop at the first surprise, and it prints"
)]

use std::hint::black_box;
use std::io;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use duban::config::calendars;
use duban::domain::calendar::WorkCalendar;
use duban::domain::counting::add_working_days;
use duban::intake::count_batch::count_batch;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

const DATES: usize = 100_000;
const LENGTHS: [i32; 5] = [1, 5, 20, 60, 250];
const ROWS: usize = 1_000_000;
const ROUNDS: u32 = 15;

static CALENDAR: LazyLock<WorkCalendar> =
    LazyLock::new(|| WorkCalendar::merge(&calendars::shipped().unwrap()).unwrap());

/// Dates from 2008 to 2024, in no order.
static STARTS: LazyLock<Vec<Date>> = LazyLock::new(|| {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let days = i64::try_from(state % 6000).unwrap();
        date(2008, 1, 1).checked_add(days.days()).unwrap()
    };
    (0..DATES).map(next).collect()
});

/// Rank and select without horizon, range or overflow checks.
struct Unchecked {
    rank: Vec<u32>,
    select: Vec<Date>,
}

static UNCHECKED: LazyLock<Unchecked> = LazyLock::new(|| {
    let mut tables = Unchecked { rank: vec![0; 25 * 372], select: Vec::new() };
    let days = std::iter::successors(Some(date(2007, 1, 1)), |day| day.tomorrow().ok());
    for day in days.take_while(|day| day.year() < 2027) {
        if CALENDAR.is_working_day(day) {
            tables.select.push(day);
        }
        tables.rank[slot(day)] = u32::try_from(tables.select.len()).unwrap();
    }
    tables
});

fn slot(day: Date) -> usize {
    let (year, month, day) = (i32::from(day.year()), i32::from(day.month()), i32::from(day.day()));
    usize::try_from((year - 2007) * 372 + (month - 1) * 31 + day - 1).unwrap_or(0)
}

fn ours(calendar: &WorkCalendar, start: Date, n: i32) -> Date {
    add_working_days(calendar, start, n).unwrap().date
}

fn unchecked(tables: &Unchecked, start: Date, n: i32) -> Date {
    let rank = tables.rank[slot(start)] + u32::try_from(n).unwrap_or(0);
    tables.select[usize::try_from(rank).unwrap_or(0) - 1]
}

fn walk(calendar: &WorkCalendar, start: Date, n: i32) -> Date {
    let (mut day, mut left) = (start, n);
    while left > 0 {
        day = day.tomorrow().unwrap();
        left -= i32::from(calendar.is_working_day(day));
    }
    day
}

fn table() -> Vec<u8> {
    let mut rows = b"start_date,n,unit,roll\n".to_vec();
    let kinds =
        ["20,working,none", "-5,working,none", "30,calendar,following", "3,month,following"];
    for (index, start) in STARTS.iter().cycle().take(ROWS).enumerate() {
        rows.extend_from_slice(format!("{start},{}\n", kinds[index % kinds.len()]).as_bytes());
    }
    rows
}

/// The best of several rounds over all dates.
fn best(count: impl Fn(Date) -> Date) -> Duration {
    let round = |_| {
        let began = Instant::now();
        for start in STARTS.iter() {
            black_box(count(black_box(*start)));
        }
        began.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap()
}

fn nanoseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9 / 100_000.0
}

fn print_ratios() {
    let (calendar, tables) = (&*CALENDAR, &*UNCHECKED);
    println!("ns per date, {DATES} random dates, best of {ROUNDS}");
    println!("   n     ours  unchecked  ours/unchecked     walk  walk/ours");
    for n in LENGTHS {
        let ours = nanoseconds(best(|start| ours(calendar, start, n)));
        let loops = nanoseconds(best(|start| unchecked(tables, start, n)));
        let walk = nanoseconds(best(|start| walk(calendar, start, n)));
        println!(
            "{n:4} {ours:8.2} {loops:10.2} {:14.2}x {walk:8.1} {:9.1}x",
            ours / loops,
            walk / ours
        );
    }
    let table = table();
    let began = Instant::now();
    let tally = count_batch(&CALENDAR, table.as_slice(), io::sink(), |_| ()).unwrap();
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!((tally.counted, tally.faulty), (1_000_000, 0));
    println!("due --batch: {:.2} million rows a second, one core\n", 1.0 / seconds);
}

#[divan::bench(args = LENGTHS)]
fn working_days(bencher: Bencher<'_, '_>, n: i32) {
    let calendar = &*CALENDAR;
    bencher.bench(|| STARTS.iter().map(|start| ours(calendar, *start, n)).max());
}

#[divan::bench(args = LENGTHS)]
fn unchecked_loop(bencher: Bencher<'_, '_>, n: i32) {
    let tables = &*UNCHECKED;
    bencher.bench(|| STARTS.iter().map(|start| unchecked(tables, *start, n)).max());
}

#[divan::bench(args = LENGTHS, sample_count = 5)]
fn walk_from_day_to_day(bencher: Bencher<'_, '_>, n: i32) {
    let calendar = &*CALENDAR;
    bencher.bench(|| STARTS.iter().map(|start| walk(calendar, *start, n)).max());
}

fn main() {
    print_ratios();
    divan::main();
}
