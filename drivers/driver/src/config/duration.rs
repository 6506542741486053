//! Spans of time as Go writes them: `300ms`, `1.5h`, `2h45m`.

use std::time::Duration;

/// Returns the span that `text` names; `None` for anything else, for a negative one, and above 290 years.
pub(super) fn parse(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    let mut total_ns: f64 = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, ns) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
        rest = &rest[unit.len()..];
        total_ns += number * ns;
    }
    // Beyond the range of Go's durations.
    (total_ns <= i64::MAX as f64).then(|| Duration::from_nanos(total_ns.round() as u64))
}

/// Longer units first where one is the start of another.
const UNITS: [(&str, f64); 8] =
    [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_go_reads_them() {
        for (text, ms) in
            [("0", 0), ("0s", 0), ("300ms", 300), ("1.5s", 1_500), ("1m30s", 90_000), ("1h", 3_600_000)]
        {
            assert_eq!(parse(text), Some(Duration::from_millis(ms)), "{text}");
        }
        assert_eq!(parse("1us2ns"), Some(Duration::from_nanos(1_002)));
        for text in ["", "+", "5", "s", "-1s", "1 s", "1d", "..s", "9999999999999h"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
