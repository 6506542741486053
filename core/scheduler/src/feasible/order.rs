//! Text in order: whole numbers, then fractions, then plain text, decided for each pair of values.

use std::cmp::Ordering;

/// Compares two values; none when one is not a number that compares (NaN).
pub(crate) fn compare(left: &str, right: &str) -> Option<Ordering> {
    if let (Ok(left), Ok(right)) = (left.parse::<i64>(), right.parse::<i64>()) {
        return Some(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (float(left), float(right)) {
        return left.partial_cmp(&right);
    }
    Some(left.cmp(right))
}

/// A fraction as Go reads one: digits may be separated by `_`; what is too large for it is text.
fn float(text: &str) -> Option<f64> {
    let plain = if text.contains('_') { without_separators(text)? } else { text.to_owned() };
    let number: f64 = plain.parse().ok()?;
    let named = plain.bytes().any(|byte| matches!(byte, b'i' | b'I'));
    (number.is_finite() || named || number.is_nan()).then_some(number)
}

/// The text without separators; none when one is not between digits.
fn without_separators(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('_').collect();
    let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
    let separates = |pair: &[&str]| digit(pair[0].bytes().last()) && digit(pair[1].bytes().next());
    parts.windows(2).all(separates).then(|| parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_numbers_and_the_rest_as_text() {
        assert_eq!(compare("010", "9"), Some(Ordering::Greater));
        assert_eq!(compare("1.5", "1"), Some(Ordering::Greater));
        assert_eq!(compare("9", "abc"), Some(Ordering::Less));
        assert_eq!(compare("1e999", "2"), Some(Ordering::Less));
        assert_eq!(compare("1_0", "9"), Some(Ordering::Greater));
        assert_eq!(compare("1__0", "9"), Some(Ordering::Less));
    }
}
