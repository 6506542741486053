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

/// A fraction as Go reads one; what is too large for it is text.
fn float(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    let named = text.bytes().any(|byte| matches!(byte, b'i' | b'I'));
    (number.is_finite() || named || number.is_nan()).then_some(number)
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
    }
}
