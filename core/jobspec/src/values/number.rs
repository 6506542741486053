//! Numbers of the expression language: 64-bit integers where they suffice, 512-bit floats elsewhere.
//!
//! Limits: every operation that can leave the range answers `None`.

use std::cmp::Ordering;
use std::rc::Rc;

use super::big_float::BigFloat;

/// One number; a whole number that fits is always an `Int`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Int(i64),
    Big(Rc<BigFloat>),
}

impl Number {
    /// Reads a decimal number as HCL writes it.
    pub(crate) fn parse(text: &str) -> Option<Number> {
        match text.parse::<i64>() {
            Ok(int) => Some(Number::Int(int)),
            Err(_) => BigFloat::parse(text).map(Number::of),
        }
    }

    /// Returns the number that prints as the float does; `None` for infinities and NaN.
    pub(crate) fn from_f64(float: f64) -> Option<Number> {
        Number::parse(&format!("{float}"))
    }

    pub(crate) fn from_usize(count: usize) -> Number {
        i64::try_from(count).map_or(Number::Int(i64::MAX), Number::Int)
    }

    pub(crate) fn from_big_int(int: num_bigint::BigInt) -> Option<Number> {
        BigFloat::from_big_int(int).map(Number::of)
    }

    fn of(float: BigFloat) -> Number {
        match float.is_whole().then(|| i64::try_from(float.truncated())) {
            Some(Ok(int)) => Number::Int(int),
            _ => Number::Big(Rc::new(float)),
        }
    }

    fn big(&self) -> BigFloat {
        match self {
            Number::Int(int) => BigFloat::from_int(*int),
            Number::Big(float) => float.as_ref().clone(),
        }
    }

    pub(crate) fn plus(&self, other: &Number) -> Option<Number> {
        match (self, other) {
            (Number::Int(left), Number::Int(right)) if left.checked_add(*right).is_some() => {
                left.checked_add(*right).map(Number::Int)
            }
            _ => self.big().plus(&other.big()).map(Number::of),
        }
    }

    pub(crate) fn minus(&self, other: &Number) -> Option<Number> {
        self.plus(&other.negated())
    }

    pub(crate) fn times(&self, other: &Number) -> Option<Number> {
        match (self, other) {
            (Number::Int(left), Number::Int(right)) if left.checked_mul(*right).is_some() => {
                left.checked_mul(*right).map(Number::Int)
            }
            _ => self.big().times(&other.big()).map(Number::of),
        }
    }

    /// Returns the quotient; `None` when the divisor is zero or the result out of range.
    pub(crate) fn over(&self, other: &Number) -> Option<Number> {
        self.big().over(&other.big()).map(Number::of)
    }

    /// Returns the remainder with the sign of the dividend; `None` when the divisor is zero.
    pub(crate) fn remainder(&self, other: &Number) -> Option<Number> {
        let quotient = Number::from_big_int(self.over(other)?.big().truncated())?;
        self.minus(&quotient.times(other)?)
    }

    pub(crate) fn negated(&self) -> Number {
        match self.to_i64().and_then(i64::checked_neg) {
            Some(int) => Number::Int(int),
            None => Number::of(self.big().negated()),
        }
    }

    /// Returns the bytes that the number may take, its decimal digits included.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Number::Int(_) => 0,
            Number::Big(_) => BigFloat::MOST_BYTES,
        }
    }

    pub(crate) fn is_negative(&self) -> bool {
        match self {
            Number::Int(int) => *int < 0,
            Number::Big(float) => float.is_negative(),
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        *self == Number::Int(0)
    }

    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Number::Int(_) => true,
            Number::Big(float) => float.is_whole(),
        }
    }

    /// Returns the number as an integer if it is whole and fits in 64 bits.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        match self {
            Number::Int(int) => Some(*int),
            Number::Big(_) => None,
        }
    }

    pub(crate) fn to_usize(&self) -> Option<usize> {
        self.to_i64().and_then(|int| usize::try_from(int).ok())
    }

    /// Returns the nearest 64-bit float.
    pub(crate) fn to_f64(&self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Returns the largest whole number that is not above this one.
    pub(crate) fn floor(&self) -> Option<Number> {
        let whole = Number::from_big_int(self.big().truncated())?;
        if self.is_negative() && !self.is_whole() { whole.minus(&Number::Int(1)) } else { Some(whole) }
    }

    /// Returns the smallest whole number that is not below this one.
    pub(crate) fn ceil(&self) -> Option<Number> {
        self.negated().floor().map(|floor| floor.negated())
    }

    /// Returns the number without its fraction.
    pub(crate) fn truncated(&self) -> num_bigint::BigInt {
        self.big().truncated()
    }

    pub(crate) fn compare(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::Int(left), Number::Int(right)) => left.cmp(right),
            _ => self.big().compare(&other.big()),
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Int(int) => write!(out, "{int}"),
            Number::Big(float) => out.write_str(&float.to_decimal()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    #[test]
    fn a_third_prints_as_a_512_bit_float_does() {
        let third = number("1").over(&number("3")).unwrap().to_string();
        assert_eq!(third, format!("0.{}5", "3".repeat(154)));
    }

    #[test]
    fn decimals_print_as_they_were_written() {
        for text in ["0.1", "1.5", "-4.5", "12345678901234567890", "0.0001", "100000000000000000000"] {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("1e3").to_string(), "1000");
        assert_eq!(number("2.50").to_string(), "2.5");
    }

    #[test]
    fn arithmetic_leaves_64_bits_and_comes_back() {
        let big = number("9223372036854775807").plus(&Number::Int(1)).unwrap();
        assert_eq!(big.to_string(), "9223372036854775808");
        assert_eq!(big.minus(&Number::Int(1)), Some(Number::Int(i64::MAX)));
        assert_eq!(number("17").remainder(&number("5")), Some(Number::Int(2)));
        assert_eq!(number("-1.2").floor(), Some(Number::Int(-2)));
        assert_eq!(number("1").over(&number("0")), None);
        assert_eq!(number("1e1000").times(&number("1e1000")), None);
    }
}
