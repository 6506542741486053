//! When periodic jobs are launched, and what their children are called.
//!
//! Cron expressions are those that [validation](super::validate) accepts: five fields, six with the year at the
//! end, seven with the seconds in front, or a name such as `@daily`. They are brought into the form of the `croner`
//! crate, which finds the times. When a clock change leaves out a fixed time of day, the launch follows at the
//! first second after the gap; when it repeats one, the launch happens once. Expressions with a `*` in the minutes
//! or hours follow real time instead.
//!
//! Limits: years 1970 to 2099; time zones are those of the database that is built in, never the host's.

use croner::Cron;
use croner::parser::CronParser;
use jiff::Zoned;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::{Job, Periodic};
use crate::{JobKey, Timestamp};

/// What the word `Local` stands for.
const LOCAL: &str = "Local";
/// Fields that a cron expression has here: second, minute, hour, day, month, day of the week, year.
const FIELDS: usize = 7;
/// Largest value of each field; a step without an end goes on to it.
const LARGEST: [u32; FIELDS] = [59, 59, 23, 31, 12, 6, 2099];
/// Years in which launches are looked for.
const YEARS: &str = "1970-2099";
/// What stands between a job's id and the second of a launch in the id of the child.
const PERIODIC_INFIX: &str = "/periodic-";
/// Names of the months, from 1.
pub(super) const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Names of the days of the week, from 0.
pub(super) const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// Names of whole expressions, and what they stand for.
pub(super) const NAMED: [(&str, &str); 6] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// Why a schedule cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The time zone is not in the database.
    #[error("unknown time zone {0:?}")]
    TimeZone(String),
    /// The expression is not one of cron.
    #[error("invalid cron spec {spec:?}: {problem}")]
    Cron {
        /// The expression.
        spec: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// The times at which a periodic job is launched.
#[derive(Debug, Clone)]
pub struct Schedule {
    crons: Vec<Cron>,
    zone: TimeZone,
}

impl Periodic {
    /// The times at which the job is launched. `local` is the name of the zone that `Local` stands for; empty
    /// means UTC, as an empty `time_zone` does.
    ///
    /// # Errors
    /// An expression cannot be read, or the time zone is unknown.
    pub fn schedule(&self, local: &str) -> Result<Schedule, ScheduleError> {
        let name = if self.time_zone == LOCAL { local } else { &self.time_zone };
        let zone = match name {
            "" | "UTC" => TimeZone::UTC,
            name => {
                TimeZoneDatabase::bundled().get(name).map_err(|_| ScheduleError::TimeZone(name.to_owned()))?
            }
        };
        let specs = [&self.spec].into_iter().filter(|spec| !spec.is_empty()).chain(&self.specs);
        let crons = specs.map(|spec| read_cron(spec)).collect::<Result<_, _>>()?;
        Ok(Schedule { crons, zone })
    }
}

impl Schedule {
    /// The first launch after `time`, in whole seconds; none when there is none before the year 2100.
    #[must_use]
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        let start = self.zoned(time)?;
        self.crons
            .iter()
            .filter_map(|cron| cron.find_next_occurrence(&start, false).ok())
            .filter_map(|found| stamp(&found))
            .min()
    }

    /// The last launch that is due at `time`.
    #[must_use]
    pub fn latest_until(&self, time: Timestamp) -> Option<Timestamp> {
        let start = self.zoned(time)?;
        self.crons
            .iter()
            .filter_map(|cron| cron.find_previous_occurrence(&start, true).ok())
            .filter_map(|found| stamp(&found))
            .max()
    }

    fn zoned(&self, time: Timestamp) -> Option<Zoned> {
        let second = jiff::Timestamp::from_second(time.0.div_euclid(1_000_000_000)).ok()?;
        Some(second.to_zoned(self.zone.clone()))
    }
}

impl Job {
    /// The key of the child that is launched at `slot`.
    #[must_use]
    pub fn periodic_child_key(&self, slot: Timestamp) -> JobKey {
        let second = slot.0.div_euclid(1_000_000_000);
        JobKey::new(self.namespace.as_str(), format!("{}{PERIODIC_INFIX}{second}", self.id))
    }

    /// The child that is launched at `slot`.
    #[must_use]
    pub fn periodic_child(&self, slot: Timestamp) -> Self {
        let id = self.periodic_child_key(slot).id.to_string();
        Self { parent_id: self.id.clone(), name: id.clone(), id, periodic: None, ..self.clone() }
    }
}

fn stamp(found: &Zoned) -> Option<Timestamp> {
    found.timestamp().as_second().checked_mul(1_000_000_000).map(Timestamp)
}

/// Reads an expression that validation accepts.
fn read_cron(spec: &str) -> Result<Cron, ScheduleError> {
    let problem = |problem: String| ScheduleError::Cron { spec: spec.to_owned(), problem };
    let fields = fields_of(spec).ok_or_else(|| problem("it must have five to seven fields".to_owned()))?;
    let text: Vec<String> = fields.iter().enumerate().map(|(at, field)| rewrite(at, field)).collect();
    CronParser::new().parse(&text.join(" ")).map_err(|error| problem(error.to_string()))
}

/// The seven fields of an expression, in lower case.
fn fields_of(spec: &str) -> Option<[String; FIELDS]> {
    let spec = spec.trim().to_ascii_lowercase();
    let spec = NAMED.iter().find(|(name, _)| *name == spec).map_or(spec.as_str(), |(_, meaning)| meaning);
    let given: Vec<&str> = spec.split_whitespace().collect();
    let (second, rest) = match given.len() {
        5 | 6 => ("0", &given[..]),
        FIELDS => (given[0], &given[1..]),
        _ => return None,
    };
    let mut fields = [second, "", "", "", "", "", "*"].map(str::to_owned);
    for (field, text) in fields[1..].iter_mut().zip(rest) {
        (*text).clone_into(field);
    }
    Some(fields)
}

/// Brings a field into the form of the library: names as numbers, steps with an end, years with bounds.
fn rewrite(at: usize, field: &str) -> String {
    let parts: Vec<String> = field.split(',').map(|part| rewrite_part(at, part)).collect();
    parts.join(",")
}

fn rewrite_part(at: usize, part: &str) -> String {
    let (base, step) = part.split_once('/').map_or((part, None), |(base, step)| (base, Some(step)));
    let mut base = match base {
        "*" | "?" if at == FIELDS - 1 => YEARS.to_owned(),
        "*" | "?" => "*".to_owned(),
        base => base.split('-').map(|value| number(at, value)).collect::<Vec<_>>().join("-"),
    };
    if step.is_some() && base != "*" && !base.contains('-') {
        base = format!("{base}-{}", LARGEST[at]);
    }
    match step {
        Some(step) => format!("{base}/{step}"),
        None => base,
    }
}

/// A value with its name, if it has one, replaced by its number: `jan` is 1, `fri#3` is `5#3`, `fridayL` is `5L`.
fn number(at: usize, value: &str) -> String {
    let (names, first): (&[&str], usize) = match at {
        4 => (&MONTHS, 1),
        5 => (&WEEKDAYS, 0),
        _ => return value.to_owned(),
    };
    let Some(position) = names.iter().position(|name| value.starts_with(name)) else {
        return value.to_owned();
    };
    let suffix = match value.split_once('#') {
        Some((_, nth)) => format!("#{nth}"),
        // Every name is longer than its first three letters or ends there; an `l` at the end means the last one.
        None if value.len() > 3 && value.ends_with('l') && !value.ends_with("april") => "l".to_owned(),
        None => String::new(),
    };
    format!("{}{suffix}", first + position)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the launches that follow a time, all in the notation `2026-03-29T01:30:00Z`.
    fn check(specs: &[&str], zone: &str, after: &str, launches: &[&str]) {
        let periodic = Periodic {
            specs: specs.iter().map(|spec| (*spec).to_owned()).collect(),
            time_zone: zone.to_owned(),
            ..Periodic::default()
        };
        let schedule = periodic.schedule("Europe/Paris").unwrap();
        let mut time = parse(after);
        for launch in launches {
            let next = schedule.next_after(time).map(show).unwrap_or_default();
            assert_eq!(next, *launch, "{specs:?} in {zone:?} after {}", show(time));
            time = parse(launch);
            assert_eq!(schedule.latest_until(time), Some(time), "{specs:?} at {launch}");
        }
    }

    fn parse(text: &str) -> Timestamp {
        let time: jiff::Timestamp = text.parse().unwrap();
        Timestamp(i64::try_from(time.as_nanosecond()).unwrap())
    }

    fn show(time: Timestamp) -> String {
        jiff::Timestamp::from_nanosecond(time.0.into()).unwrap().to_string()
    }

    #[test]
    fn five_fields_six_with_the_year_and_seven_with_the_seconds() {
        let after = "2026-11-22T10:00:30Z";
        check(&["*/15 * * * *"], "", after, &["2026-11-22T10:15:00Z", "2026-11-22T10:30:00Z"]);
        check(&["0 0 1 1 * 2030"], "UTC", after, &["2030-01-01T00:00:00Z"]);
        check(&["*/20 * * * * * *"], "UTC", after, &["2026-11-22T10:00:40Z", "2026-11-22T10:01:00Z"]);
        check(&["5/20 10 * * *"], "UTC", after, &["2026-11-22T10:05:00Z", "2026-11-22T10:25:00Z"]);
    }

    #[test]
    fn names_last_days_and_nth_weekdays() {
        let after = "2026-11-22T10:00:00Z";
        check(&["@daily"], "", after, &["2026-11-23T00:00:00Z"]);
        check(&["0 6 * January Mon-Fri"], "", after, &["2027-01-01T06:00:00Z", "2027-01-04T06:00:00Z"]);
        check(&["0 0 L * *"], "", after, &["2026-11-30T00:00:00Z", "2026-12-31T00:00:00Z"]);
        check(&["0 0 15W * *"], "", after, &["2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z"]);
        check(&["0 0 * * fri#3"], "", after, &["2026-12-18T00:00:00Z"]);
        check(&["0 0 * * FRIL"], "", after, &["2026-11-27T00:00:00Z", "2026-12-25T00:00:00Z"]);
        check(&["0 0 * april *"], "", after, &["2027-04-01T00:00:00Z"]);
    }

    #[test]
    fn the_earliest_of_several_expressions_counts() {
        let launches = ["2026-11-22T18:00:00Z", "2026-11-23T06:00:00Z"];
        check(&["0 6 * * *", "0 18 * * *"], "", "2026-11-22T10:00:00Z", &launches);
    }

    #[test]
    fn a_day_of_the_month_or_of_the_week_is_enough() {
        let launches = ["2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"];
        check(&["0 0 1 * mon"], "", "2026-11-22T10:00:00Z", &launches);
    }

    #[test]
    fn a_time_that_a_clock_change_leaves_out_follows_after_the_gap() {
        let launches = ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"];
        check(&["30 2 * * *"], "Europe/Berlin", "2027-03-27T12:00:00Z", &launches);
    }

    #[test]
    fn a_time_that_a_clock_change_repeats_comes_once() {
        let launches = ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
        check(&["30 2 * * *"], "Europe/Berlin", "2026-10-24T12:00:00Z", &launches);
    }

    #[test]
    fn local_stands_for_the_zone_that_is_given() {
        check(&["0 12 * * *"], "Local", "2026-07-01T00:00:00Z", &["2026-07-01T10:00:00Z"]);
    }

    #[test]
    fn a_date_that_never_comes_has_no_launch() {
        for spec in ["0 0 30 2 *", "0 0 * * * 1999"] {
            let periodic = Periodic { spec: spec.to_owned(), ..Periodic::default() };
            let schedule = periodic.schedule("").unwrap();
            assert_eq!(schedule.next_after(parse("2026-11-22T10:00:00Z")), None, "{spec}");
        }
    }

    #[test]
    fn unknown_zones_and_broken_expressions_are_named() {
        let at = |spec: &str, zone: &str| {
            let periodic =
                Periodic { spec: spec.to_owned(), time_zone: zone.to_owned(), ..Periodic::default() };
            periodic.schedule("").unwrap_err().to_string()
        };
        assert_eq!(at("* * * * *", "Mars/Base"), "unknown time zone \"Mars/Base\"");
        assert_eq!(at("* * *", ""), "invalid cron spec \"* * *\": it must have five to seven fields");
    }
}
