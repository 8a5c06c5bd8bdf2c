//! Durations and points in time.

use std::fmt;

use super::Row;
use super::Style::Member;
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

/// A span of time, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::condition) struct Duration(i64);

/// A point in time from year 1 to year 9999, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::condition) struct Timestamp {
    /// Since 1970.
    seconds: i64,
    nanoseconds: u32,
}

pub(super) const TABLE: &[Row] = &[
    (0, Member, "getFullYear", "timestamp", "int", |args| {
        part(args, |date| date.year)
    }),
    (0, Member, "getFullYear", "timestamp string", "int", |args| {
        part(args, |date| date.year)
    }),
    (0, Member, "getMonth", "timestamp", "int", |args| {
        part(args, |date| date.month - 1)
    }),
    (0, Member, "getMonth", "timestamp string", "int", |args| {
        part(args, |date| date.month - 1)
    }),
    (0, Member, "getDate", "timestamp", "int", |args| {
        part(args, |date| date.day)
    }),
    (0, Member, "getDate", "timestamp string", "int", |args| {
        part(args, |date| date.day)
    }),
    (0, Member, "getDayOfMonth", "timestamp", "int", |args| {
        part(args, |date| date.day - 1)
    }),
    (0, Member, "getDayOfMonth", "timestamp string", "int", |args| {
        part(args, |date| date.day - 1)
    }),
    (0, Member, "getDayOfWeek", "timestamp", "int", |args| {
        part(args, |date| (date.days + 4).rem_euclid(7))
    }),
    (0, Member, "getDayOfWeek", "timestamp string", "int", |args| {
        part(args, |date| (date.days + 4).rem_euclid(7))
    }),
    (0, Member, "getDayOfYear", "timestamp", "int", |args| {
        part(args, |date| date.days - days(date.year, 1, 1))
    }),
    (0, Member, "getDayOfYear", "timestamp string", "int", |args| {
        part(args, |date| date.days - days(date.year, 1, 1))
    }),
    (0, Member, "getHours", "timestamp", "int", |args| {
        part(args, |date| date.second / 3600)
    }),
    (0, Member, "getHours", "timestamp string", "int", |args| {
        part(args, |date| date.second / 3600)
    }),
    (0, Member, "getHours", "duration", "int", |args| {
        of_duration(args, 3_600_000_000_000)
    }),
    (0, Member, "getMinutes", "timestamp", "int", |args| {
        part(args, |date| date.second / 60 % 60)
    }),
    (0, Member, "getMinutes", "timestamp string", "int", |args| {
        part(args, |date| date.second / 60 % 60)
    }),
    (0, Member, "getMinutes", "duration", "int", |args| {
        of_duration(args, 60_000_000_000)
    }),
    (0, Member, "getSeconds", "timestamp", "int", |args| {
        part(args, |date| date.second % 60)
    }),
    (0, Member, "getSeconds", "timestamp string", "int", |args| {
        part(args, |date| date.second % 60)
    }),
    (0, Member, "getSeconds", "duration", "int", |args| {
        of_duration(args, 1_000_000_000)
    }),
    (0, Member, "getMilliseconds", "timestamp", "int", |args| {
        part(args, |date| date.millisecond)
    }),
    (0, Member, "getMilliseconds", "timestamp string", "int", |args| {
        part(args, |date| date.millisecond)
    }),
    (0, Member, "getMilliseconds", "duration", "int", |args| {
        of_duration(args, 1_000_000)
    }),
];

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400;

impl Duration {
    /// Reads `1h30m`, `-1.5s`, `100ms`, `0`.
    pub(in crate::condition) fn parse(text: &str) -> Result<Self, Failure> {
        Self::read(text).ok_or_else(|| Failure::of("a text is no duration; write it as 1h30m"))
    }

    fn read(text: &str) -> Option<Self> {
        let (is_negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Some(Self(0));
        }
        if rest.is_empty() {
            return None;
        }
        let mut total: i128 = 0;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let (number, after) = rest.split_at_checked(end)?;
            let unit_end = after
                .find(|c: char| c.is_ascii_digit() || c == '.')
                .unwrap_or(after.len());
            let (unit, after) = after.split_at_checked(unit_end)?;
            let unit: i128 = match unit {
                "ns" => 1,
                "us" | "µs" | "μs" => 1_000,
                "ms" => 1_000_000,
                "s" => 1_000_000_000,
                "m" => 60_000_000_000,
                "h" => 3_600_000_000_000,
                _ => return None,
            };
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || number.len() > 36 {
                return None;
            }
            let whole: i128 = format!("0{whole}").parse().ok()?;
            let fraction = fraction.get(..fraction.len().min(18)).unwrap_or_default();
            let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
            let fraction: i128 = format!("0{fraction}").parse().ok()?;
            total = total.checked_add(whole.checked_mul(unit)?)?;
            total = total.checked_add(fraction.checked_mul(unit)? / scale)?;
            rest = after;
        }
        i64::try_from(if is_negative { -total } else { total }).ok().map(Self)
    }

    pub(in crate::condition) const fn nanoseconds(self) -> i64 {
        self.0
    }

    pub(in crate::condition) const fn is_zero(self) -> bool {
        self.0 == 0
    }

    pub(in crate::condition) fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub(in crate::condition) fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    pub(in crate::condition) fn checked_neg(self) -> Option<Self> {
        self.0.checked_neg().map(Self)
    }
}

impl fmt::Display for Duration {
    /// In seconds: `90s`, `1.5s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let absolute = self.0.unsigned_abs();
        write!(f, "{sign}{}", absolute / SECOND.unsigned_abs())?;
        write_fraction(f, absolute % SECOND.unsigned_abs())?;
        f.write_str("s")
    }
}

impl Timestamp {
    /// Reads RFC 3339: `2026-01-02T03:04:05.6Z`, `2026-01-02T03:04:05+02:00`.
    pub(in crate::condition) fn parse(text: &str) -> Result<Self, Failure> {
        Self::read(text).ok_or_else(|| Failure::of("a text is no timestamp; write it as 2026-01-02T03:04:05Z"))
    }

    fn read(text: &str) -> Option<Self> {
        let number = |range: std::ops::Range<usize>| {
            let digits = text.get(range)?;
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<i64>().ok().filter(|_| is_number)
        };
        let is_shaped = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
            .into_iter()
            .all(|(at, sign)| text.get(at..=at) == Some(sign));
        if !is_shaped {
            return None;
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        if !(1..=12).contains(&month)
            || day < 1
            || day > days_in(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        {
            return None;
        }
        let mut rest = text.get(19..)?;
        let mut nanoseconds = 0;
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let (digits, after) = after.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())?;
            let nine = format!("{:0<9}", digits.get(..digits.len().min(9))?);
            nanoseconds = nine.parse().ok()?;
            rest = after;
        }
        let local = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
        Self::at(local - offset(rest)?, nanoseconds)
    }

    /// The point so many seconds after 1970 began, if it is in range.
    pub(in crate::condition) fn at(seconds: i64, nanoseconds: u32) -> Option<Self> {
        let is_within = (-62_135_596_800..=253_402_300_799).contains(&seconds);
        is_within.then_some(Self { seconds, nanoseconds })
    }

    pub(in crate::condition) const fn seconds(self) -> i64 {
        self.seconds
    }

    pub(in crate::condition) fn checked_add(self, by: Duration) -> Option<Self> {
        let nanoseconds = i64::from(self.nanoseconds) + by.0.rem_euclid(SECOND);
        let seconds = self.seconds + by.0.div_euclid(SECOND) + nanoseconds.div_euclid(SECOND);
        Self::at(seconds, u32::try_from(nanoseconds.rem_euclid(SECOND)).ok()?)
    }

    /// How long after another point this is.
    pub(in crate::condition) fn checked_since(self, other: Self) -> Option<Duration> {
        let seconds = (self.seconds - other.seconds).checked_mul(SECOND)?;
        let nanoseconds = i64::from(self.nanoseconds) - i64::from(other.nanoseconds);
        seconds.checked_add(nanoseconds).map(Duration)
    }

    fn date(self, offset: i64) -> Date {
        let seconds = self.seconds + offset;
        let days = seconds.div_euclid(DAY);
        let (year, month, day) = civil(days);
        Date {
            year,
            month,
            day,
            days,
            second: seconds.rem_euclid(DAY),
            millisecond: i64::from(self.nanoseconds / 1_000_000),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date(0);
        let (hour, minute, second) = (date.second / 3600, date.second / 60 % 60, date.second % 60);
        write!(
            f,
            "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}",
            date.year, date.month, date.day
        )?;
        write_fraction(f, u64::from(self.nanoseconds))?;
        f.write_str("Z")
    }
}

/// A point in time as a calendar and a clock show it.
struct Date {
    year: i64,
    month: i64,
    day: i64,
    /// Days since 1970 began.
    days: i64,
    /// Seconds since the day began.
    second: i64,
    millisecond: i64,
}

fn write_fraction(f: &mut fmt::Formatter<'_>, nanoseconds: u64) -> fmt::Result {
    if nanoseconds == 0 {
        return Ok(());
    }
    let digits = format!("{nanoseconds:09}");
    write!(f, ".{}", digits.trim_end_matches('0'))
}

/// Seconds east of UTC: `Z`, `+02:00`.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = match text.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let number = |text: &str| {
        text.parse::<i64>()
            .ok()
            .filter(|_| text.len() == 2 && !text.starts_with('+'))
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Days from 1970 to a date of the calendar in use, which is taken to have always been.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date so many days after 1970 began: the reverse of [`days`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

fn days_in(year: i64, month: i64) -> i64 {
    let next = if month == 12 {
        days(year + 1, 1, 1)
    } else {
        days(year, month + 1, 1)
    };
    next - days(year, month, 1)
}

fn part<'v>(args: &[Value<'v>], part: fn(Date) -> i64) -> Outcome<'v> {
    let (at, offset) = match args {
        [Value::Timestamp(at)] => (at, 0),
        [Value::Timestamp(at), Value::Text(zone)] => (at, zone_offset(zone.as_str())?),
        _ => return Err(super::misused("timestamp", args)),
    };
    Ok(Value::Int(part(at.date(offset))))
}

/// The offset of a zone: `UTC`, or hours and minutes east of it.
fn zone_offset(zone: &str) -> Result<i64, Failure> {
    if matches!(zone, "" | "UTC") {
        return Ok(0);
    }
    let signed = if zone.starts_with(['+', '-']) {
        zone.to_owned()
    } else {
        format!("+{zone}")
    };
    offset(&signed).ok_or_else(|| Failure::of("time zones are known by their offset only, not by name"))
}

fn of_duration<'v>(args: &[Value<'v>], unit: i64) -> Outcome<'v> {
    match args {
        [Value::Duration(Duration(nanoseconds))] => Ok(Value::Int(nanoseconds / unit)),
        _ => Err(super::misused("duration", args)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_there_and_back() {
        for day in (-719_162..2_932_896).step_by(97) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
        assert_eq!(days_in(2024, 2), 29);
        assert_eq!(days_in(2100, 2), 28);
    }

    #[test]
    fn timestamps_are_read_and_written() {
        for (text, written) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.600+02:00", "2026-01-02T01:04:05.6Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(Timestamp::parse(text).expect(text).to_string(), written);
        }
        for text in [
            "",
            "2026-01-02",
            "2026-02-30T00:00:00Z",
            "2026-01-02T03:04:05",
            "2026-01-02 03:04:05Z",
            "é",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_read_and_written() {
        for (text, written) in [
            ("1h30m", "5400s"),
            ("-1.5s", "-1.5s"),
            ("100ms", "0.1s"),
            ("0", "0s"),
            (".5h", "1800s"),
            ("1us", "0.000001s"),
        ] {
            assert_eq!(Duration::parse(text).expect(text).to_string(), written);
        }
        for text in ["", "1", "1x", "h", "--1s", "1h-1m", "99999999999h", "."] {
            assert!(Duration::parse(text).is_err(), "{text}");
        }
    }
}
