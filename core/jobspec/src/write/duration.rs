//! Durations as people write them.
//!
//! Limits: exact to the nanosecond.

/// Units with their nanoseconds, the largest first.
const UNITS: [(&str, u64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Returns the text of a duration, such as `1h30m`.
pub(super) fn duration_text(nanos: i64) -> String {
    if nanos == 0 {
        return "0s".to_owned();
    }
    let mut text = if nanos < 0 { "-".to_owned() } else { String::new() };
    let mut left = nanos.unsigned_abs();
    for (unit, size) in UNITS {
        if left >= size {
            text.push_str(&format!("{}{unit}", left / size));
            left %= size;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::duration_text;
    use crate::duration::parse_duration;

    #[test]
    fn durations_are_written_as_they_are_read() {
        for (nanos, text) in [
            (5_400_000_000_000, "1h30m"),
            (60_500_000_000, "1m500ms"),
            (-250_000_000, "-250ms"),
            (0, "0s"),
            (1_000_000_001, "1s1ns"),
        ] {
            assert_eq!(duration_text(nanos), text);
            assert_eq!(parse_duration(text), Ok(nanos));
        }
        for nanos in [i64::MAX, i64::MIN, 1, -1, 999] {
            assert_eq!(parse_duration(&duration_text(nanos)), Ok(nanos));
        }
    }
}
