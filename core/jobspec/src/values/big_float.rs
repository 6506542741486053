//! Binary floating point of 512 bits, rounded to nearest even, as HCL's numbers are.
//!
//! Limits: magnitudes beyond 2^±4000 are refused, so that no operation allocates without bound.

use num_bigint::{BigInt, BigUint, Sign};

const PRECISION: u64 = 512;
const MOST_EXPONENT: i64 = 4_000;
/// Decimal exponents beyond this cannot be in range; they are refused before any power is computed.
const MOST_DECIMAL_EXPONENT: i64 = 6_000;
/// Digits of one literal; more would take long to convert.
const MOST_DIGITS: usize = 5_000;

/// The value `mantissa * 2^exponent`; the mantissa is odd or zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BigFloat {
    mantissa: BigInt,
    exponent: i64,
}

impl BigFloat {
    /// Bytes that the digits of a number take at most, near enough for a bound.
    pub(crate) const MOST_BYTES: u64 = 1_200;

    /// Rounds `mantissa * 2^exponent` to 512 bits; `None` when it is out of range.
    fn rounded(mantissa: BigInt, exponent: i64) -> Option<BigFloat> {
        let bits = mantissa.bits();
        let (sign, mut magnitude) = mantissa.into_parts();
        let mut exponent = exponent;
        if bits > PRECISION {
            let extra = bits - PRECISION;
            let half = BigUint::from(1u8) << (extra - 1);
            let rest = &magnitude & ((BigUint::from(1u8) << extra) - 1u8);
            magnitude >>= extra;
            exponent += i64::try_from(extra).ok()?;
            if rest > half || (rest == half && magnitude.bit(0)) {
                magnitude += 1u8;
            }
        }
        let zeros = magnitude.trailing_zeros().unwrap_or(0);
        magnitude >>= zeros;
        exponent += i64::try_from(zeros).ok()?;
        if sign == Sign::NoSign {
            return Some(BigFloat { mantissa: BigInt::ZERO, exponent: 0 });
        }
        let top = exponent + i64::try_from(magnitude.bits()).ok()?;
        if top.abs() > MOST_EXPONENT || exponent.abs() > MOST_EXPONENT {
            return None;
        }
        Some(BigFloat { mantissa: BigInt::from_biguint(sign, magnitude), exponent })
    }

    pub(crate) fn from_int(int: i64) -> BigFloat {
        BigFloat::rounded(BigInt::from(int), 0).expect("64 bits fit in 512")
    }

    /// Reads a decimal number with optional sign, fraction and exponent.
    pub(crate) fn parse(text: &str) -> Option<BigFloat> {
        let (number, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (sign, digits) = match number.strip_prefix('-') {
            Some(rest) => (Sign::Minus, rest),
            None => (Sign::Plus, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) || all.len() > MOST_DIGITS {
            return None;
        }
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let magnitude = BigUint::parse_bytes(all.as_bytes(), 10)?;
        if magnitude == BigUint::ZERO {
            return BigFloat::rounded(BigInt::ZERO, 0);
        }
        if exponent.abs() > MOST_DECIMAL_EXPONENT {
            return None;
        }
        let power = BigUint::from(10u8).pow(u32::try_from(exponent.unsigned_abs()).ok()?);
        if exponent >= 0 {
            BigFloat::rounded(BigInt::from_biguint(sign, magnitude * power), 0)
        } else {
            divide(sign, magnitude, power, 0)
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.mantissa.sign() == Sign::NoSign
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.mantissa.sign() == Sign::Minus
    }

    pub(crate) fn negated(&self) -> BigFloat {
        BigFloat { mantissa: -self.mantissa.clone(), exponent: self.exponent }
    }

    pub(crate) fn plus(&self, other: &BigFloat) -> Option<BigFloat> {
        let (left, right, exponent) = self.aligned(other);
        BigFloat::rounded(left + right, exponent)
    }

    pub(crate) fn times(&self, other: &BigFloat) -> Option<BigFloat> {
        BigFloat::rounded(&self.mantissa * &other.mantissa, self.exponent + other.exponent)
    }

    /// Returns the quotient; `None` when the divisor is zero or the result is out of range.
    pub(crate) fn over(&self, other: &BigFloat) -> Option<BigFloat> {
        if other.is_zero() {
            return None;
        }
        let sign = if self.is_negative() == other.is_negative() { Sign::Plus } else { Sign::Minus };
        let exponent = self.exponent - other.exponent;
        divide(sign, self.mantissa.magnitude().clone(), other.mantissa.magnitude().clone(), exponent)
    }

    /// Returns the number without its fraction.
    pub(crate) fn truncated(&self) -> BigInt {
        if self.exponent >= 0 {
            &self.mantissa << self.exponent.unsigned_abs()
        } else {
            let (sign, magnitude) = self.mantissa.clone().into_parts();
            BigInt::from_biguint(sign, magnitude >> self.exponent.unsigned_abs())
        }
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    pub(crate) fn from_big_int(int: BigInt) -> Option<BigFloat> {
        BigFloat::rounded(int, 0)
    }

    pub(crate) fn compare(&self, other: &BigFloat) -> std::cmp::Ordering {
        let (left, right, _) = self.aligned(other);
        left.cmp(&right)
    }

    fn aligned(&self, other: &BigFloat) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let shift = |number: &BigFloat| &number.mantissa << (number.exponent - exponent).unsigned_abs();
        (shift(self), shift(other), exponent)
    }

    /// Returns the shortest decimal digits that read back as this number, without an exponent.
    pub(crate) fn to_decimal(&self) -> String {
        if self.is_zero() {
            return "0".to_owned();
        }
        let magnitude = self.mantissa.magnitude();
        let shift = PRECISION + 1 - magnitude.bits();
        let middle = magnitude << shift;
        let exponent = self.exponent - i64::try_from(shift).expect("at most 513");
        let inclusive = !middle.bit(1);
        let (text, scale) = decimal_digits(&middle, exponent);
        let (lower, _) = decimal_digits(&(&middle - 1u8), exponent);
        let (upper, _) = decimal_digits(&(&middle + 1u8), exponent);
        let width = upper.len();
        let (digits, dropped) = shortest(pad(text, width), &pad(lower, width), &upper, inclusive);
        let sign = if self.is_negative() { "-" } else { "" };
        format!("{sign}{}", place_point(&digits, dropped, scale))
    }
}

/// Divides with a sticky bit, so that rounding to 512 bits is exact.
fn divide(sign: Sign, dividend: BigUint, divisor: BigUint, exponent: i64) -> Option<BigFloat> {
    let shift = (PRECISION + 2 + divisor.bits()).saturating_sub(dividend.bits());
    let dividend = dividend << shift;
    let quotient = &dividend / &divisor;
    let sticky = u8::from(&quotient * &divisor != dividend);
    let mantissa = BigInt::from_biguint(sign, (quotient << 1u8) + sticky);
    BigFloat::rounded(mantissa, exponent - 1 - i64::try_from(shift).ok()?)
}

/// Returns the decimal digits of `mantissa * 2^exponent` and how many of them follow the point.
fn decimal_digits(mantissa: &BigUint, exponent: i64) -> (Vec<u8>, usize) {
    let size = u32::try_from(exponent.unsigned_abs()).expect("the range of exponents is checked");
    if exponent >= 0 {
        ((mantissa << size).to_str_radix(10).into_bytes(), 0)
    } else {
        let digits = (mantissa * BigUint::from(5u8).pow(size)).to_str_radix(10).into_bytes();
        (digits, size as usize)
    }
}

fn pad(digits: Vec<u8>, width: usize) -> Vec<u8> {
    let mut padded = vec![b'0'; width.saturating_sub(digits.len())];
    padded.extend(digits);
    padded
}

/// Cuts `digits` where both bounds allow it; returns what is left and how many digits were cut.
fn shortest(digits: Vec<u8>, lower: &[u8], upper: &[u8], inclusive: bool) -> (Vec<u8>, usize) {
    let significant = |digits: &[u8]| digits.iter().rposition(|&digit| digit != b'0').map_or(0, |at| at + 1);
    let (lower_end, upper_end) = (significant(lower), significant(upper));
    for (at, &digit) in digits.iter().enumerate() {
        let ok_down = lower[at] != digit || (inclusive && at + 1 == lower_end);
        let ok_up = digit != upper[at] && (inclusive || digit + 1 < upper[at] || at + 1 < upper_end);
        let round_up = match (ok_down, ok_up) {
            (false, false) => continue,
            (true, true) => rounds_up(&digits, at),
            (down, _) => !down,
        };
        let dropped = digits.len() - at - 1;
        let mut kept = digits;
        kept.truncate(at + 1);
        if round_up {
            increment(&mut kept);
        }
        return (kept, dropped);
    }
    (digits, 0)
}

/// Says whether the digits after `at` round to nearest upwards, with ties to even.
fn rounds_up(digits: &[u8], at: usize) -> bool {
    match digits.get(at + 1) {
        Some(b'5') if digits[at + 2..].iter().all(|&digit| digit == b'0') => digits[at] % 2 == 1,
        Some(&next) => next >= b'5',
        None => false,
    }
}

fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}

fn place_point(digits: &[u8], dropped: usize, scale: usize) -> String {
    let mut text = String::from_utf8_lossy(digits).into_owned();
    text.push_str(&"0".repeat(dropped));
    if scale > 0 {
        let missing = (scale + 1).saturating_sub(text.len());
        text.insert_str(0, &"0".repeat(missing));
        text.insert(text.len() - scale, '.');
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    let whole = text.trim_start_matches('0');
    if whole.is_empty() || whole.starts_with('.') { format!("0{whole}") } else { whole.to_owned() }
}
