//! Times and durations for people.
//!
//! Purpose: absolute times in a zone, relative times as the two largest units, durations as Go writes them.
//! Limits: a month is 30 days and a year 365; the present is an input.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const SECOND: i64 = 1_000_000_000;
/// Units of relative times, in seconds.
const UNITS: [(i64, &str); 6] =
    [(365 * 86_400, "y"), (30 * 86_400, "mo"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];

/// The present and the zone in which times are shown.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Nanoseconds since the epoch; `None` reads the system's clock each time.
    fixed_ns: Option<i64>,
    zone: TimeZone,
}

impl Clock {
    /// The system's clock and zone.
    #[must_use]
    pub fn system() -> Clock {
        Clock { fixed_ns: None, zone: TimeZone::system() }
    }

    /// A clock that stands still, in UTC.
    #[must_use]
    pub fn fixed(now_ns: i64) -> Clock {
        Clock { fixed_ns: Some(now_ns), zone: TimeZone::UTC }
    }

    /// Returns the present in nanoseconds since the epoch.
    #[must_use]
    pub fn now_ns(&self) -> i64 {
        let system = || i64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX);
        self.fixed_ns.unwrap_or_else(system)
    }

    /// Returns a time such as `2026-11-22T16:04:53Z`; empty for 0.
    #[must_use]
    pub fn absolute(&self, nanos: i64) -> String {
        match Timestamp::from_nanosecond(i128::from(nanos)) {
            Ok(time) if nanos != 0 => self.show(time),
            _ => String::new(),
        }
    }

    /// Returns an RFC 3339 text in this clock's zone, without fractions; `None` for "never" and for other texts.
    #[must_use]
    pub fn absolute_text(&self, text: &str) -> Option<String> {
        if text.is_empty() || text.starts_with("0001-01-01T00:00:00") {
            return None;
        }
        text.parse::<Timestamp>().ok().map(|time| self.show(time))
    }

    /// Returns how long ago a time was, such as `9m42s ago`, or how far it is, such as `3m from now`.
    #[must_use]
    pub fn relative(&self, nanos: i64) -> String {
        if nanos == 0 {
            return String::new();
        }
        let ago = self.now_ns().saturating_sub(nanos);
        let span = two_units(ago.unsigned_abs() / SECOND.unsigned_abs());
        if ago < 0 { format!("{span} from now") } else { format!("{span} ago") }
    }

    /// Returns a time and how far it is: `2026-11-23T02:00:00Z (9h52m0s from now)`.
    #[must_use]
    pub fn launch_text(&self, text: &str) -> Option<String> {
        let time = text.parse::<Timestamp>().ok()?;
        let nanos = i64::try_from(time.as_nanosecond()).ok()?;
        let seconds = nanos.saturating_sub(self.now_ns()) / SECOND;
        Some(format!("{} ({} from now)", self.show(time), go_duration(seconds.max(0) * SECOND)))
    }

    fn show(&self, time: Timestamp) -> String {
        let zoned = time.to_zoned(self.zone.clone());
        let zone = if zoned.offset().is_zero() { "Z".to_owned() } else { zoned.strftime("%:z").to_string() };
        format!("{}{zone}", zoned.strftime("%Y-%m-%dT%H:%M:%S"))
    }
}

fn two_units(mut seconds: u64) -> String {
    let mut text = String::new();
    let mut shown = 0;
    for (length, unit) in UNITS {
        let length = length.unsigned_abs();
        let count = seconds / length;
        seconds %= length;
        if count > 0 && shown < 2 {
            text.push_str(&format!("{count}{unit}"));
            shown += 1;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Returns a duration as Go writes it: `22.313µs`, `1.0482034s`, `9h52m0s`.
#[must_use]
pub fn go_duration(nanos: i64) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let total = nanos.unsigned_abs();
    match total {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{total}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", fraction(total, 1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", fraction(total, 1_000_000)),
        _ => {
            let (minutes, rest) = (total / 60_000_000_000, total % 60_000_000_000);
            let seconds = fraction(rest, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// Returns `value / unit` with as many decimals as it needs.
fn fraction(value: u64, unit: u64) -> String {
    let whole = value / unit;
    let width = unit.ilog10() as usize;
    let decimals = format!("{:0width$}", value % unit);
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() { whole.to_string() } else { format!("{whole}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_times_show_the_two_largest_units() {
        let clock = Clock::fixed(1_800_000_000 * SECOND);
        let ago = |seconds: i64| clock.relative((1_800_000_000 - seconds) * SECOND);
        assert_eq!(ago(5), "5s ago");
        assert_eq!(ago(582), "9m42s ago");
        assert_eq!(ago(3_600), "1h ago");
        assert_eq!(ago(32 * 86_400 + 7), "1mo2d ago");
        assert_eq!(ago(-180), "3m from now");
        assert_eq!(ago(0), "0s ago");
        assert_eq!(clock.relative(0), "");
    }

    #[test]
    fn absolute_times_have_whole_seconds() {
        let clock = Clock::fixed(0);
        assert_eq!(clock.absolute(1_795_363_493_755_199_227), "2026-11-22T16:04:53Z");
        assert_eq!(clock.absolute_text("2026-11-22T16:04:54.0149Z").as_deref(), Some("2026-11-22T16:04:54Z"));
        assert_eq!(clock.absolute_text("0001-01-01T00:00:00Z"), None);
        assert_eq!(clock.absolute(0), "");
    }

    #[test]
    fn durations_are_written_as_go_writes_them() {
        for (nanos, text) in [
            (0, "0s"),
            (7, "7ns"),
            (22_313, "22.313µs"),
            (1_500_000, "1.5ms"),
            (1_048_203_400, "1.0482034s"),
            (35_520 * SECOND, "9h52m0s"),
            (3_223 * SECOND, "53m43s"),
            (-SECOND, "-1s"),
        ] {
            assert_eq!(go_duration(nanos), text);
        }
    }
}
