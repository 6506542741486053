//! Times in the layouts of Go.
//!
//! Limits: in UTC; a word of a layout that stands for nothing is copied.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Words of a layout, the longer of two that begin alike first, and what they stand for.
const WORDS: [(&str, &str); 26] = [
    ("January", "%B"),
    ("Jan", "%b"),
    ("Monday", "%A"),
    ("Mon", "%a"),
    ("MST", "UTC"),
    ("2006", "%Y"),
    ("-07:00", "+00:00"),
    ("-0700", "+0000"),
    ("Z07:00", "Z"),
    ("Z0700", "Z"),
    ("01", "%m"),
    ("02", "%d"),
    ("03", "%I"),
    ("04", "%M"),
    ("05", "%S"),
    ("06", "%y"),
    ("_2", "%e"),
    ("15", "%H"),
    (".000000000", ".%9N"),
    (".000000", ".%6N"),
    (".000", ".%3N"),
    ("PM", "%p"),
    ("1", "%-m"),
    ("2", "%-d"),
    ("3", "%-I"),
    ("4", "%-M"),
];

/// Returns a time, nanoseconds since the epoch, in a layout such as `2006-01-02 15:04:05`.
#[must_use]
pub fn go_time(layout: &str, nanos: i64) -> String {
    let Ok(time) = Timestamp::from_nanosecond(i128::from(nanos)) else { return String::new() };
    let zoned = time.to_zoned(TimeZone::UTC);
    let mut out = String::new();
    let mut rest = layout;
    while let Some(letter) = rest.chars().next() {
        let word = WORDS.iter().find(|(word, _)| rest.starts_with(word));
        let taken = match word {
            Some((word, stands_for)) => {
                out.push_str(&zoned.strftime(stands_for).to_string());
                word.len()
            }
            None => {
                out.push(letter);
                letter.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::go_time;

    #[test]
    fn layouts_of_go_are_followed() {
        let time = 1_795_363_800_123_000_000;
        for (layout, text) in [
            ("2006-01-02T15:04:05Z07:00", "2026-11-22T16:10:00Z"),
            ("Mon, 02 Jan 2006 15:04:05 MST", "Sun, 22 Nov 2026 16:10:00 UTC"),
            ("Jan 2, 2006 at 3:04PM (-0700)", "Nov 22, 2026 at 4:10PM (+0000)"),
            ("15:04:05.000", "16:10:00.123"),
            ("week ü", "week ü"),
        ] {
            assert_eq!(go_time(layout, time), text, "{layout}");
        }
    }
}
