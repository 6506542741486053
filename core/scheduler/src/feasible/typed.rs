//! Attributes of devices: values with a type and a unit, and how they compare.
//!
//! Units convert within their kind (bytes, bytes a second, hertz, watts); values of different kinds, or with and
//! without a unit, do not compare.

use std::borrow::Cow;
use std::cmp::Ordering;

use model::TypedValue;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Bytes,
    ByteRate,
    Hertz,
    Milliwatts,
}

/// Every unit: name, what it measures, and how many of the smallest unit it is worth.
const UNITS: &[(&str, Quantity, i64)] = &[
    ("KiB", Quantity::Bytes, 1 << 10),
    ("MiB", Quantity::Bytes, 1 << 20),
    ("GiB", Quantity::Bytes, 1 << 30),
    ("TiB", Quantity::Bytes, 1 << 40),
    ("PiB", Quantity::Bytes, 1 << 50),
    ("EiB", Quantity::Bytes, 1 << 60),
    ("kB", Quantity::Bytes, 1_000),
    ("KB", Quantity::Bytes, 1_000),
    ("MB", Quantity::Bytes, 1_000_000),
    ("GB", Quantity::Bytes, 1_000_000_000),
    ("TB", Quantity::Bytes, 1_000_000_000_000),
    ("PB", Quantity::Bytes, 1_000_000_000_000_000),
    ("EB", Quantity::Bytes, 1_000_000_000_000_000_000),
    ("KiB/s", Quantity::ByteRate, 1 << 10),
    ("MiB/s", Quantity::ByteRate, 1 << 20),
    ("GiB/s", Quantity::ByteRate, 1 << 30),
    ("TiB/s", Quantity::ByteRate, 1 << 40),
    ("PiB/s", Quantity::ByteRate, 1 << 50),
    ("EiB/s", Quantity::ByteRate, 1 << 60),
    ("kB/s", Quantity::ByteRate, 1_000),
    ("KB/s", Quantity::ByteRate, 1_000),
    ("MB/s", Quantity::ByteRate, 1_000_000),
    ("GB/s", Quantity::ByteRate, 1_000_000_000),
    ("TB/s", Quantity::ByteRate, 1_000_000_000_000),
    ("PB/s", Quantity::ByteRate, 1_000_000_000_000_000),
    ("EB/s", Quantity::ByteRate, 1_000_000_000_000_000_000),
    ("MHz", Quantity::Hertz, 1_000_000),
    ("GHz", Quantity::Hertz, 1_000_000_000),
    ("mW", Quantity::Milliwatts, 1),
    ("W", Quantity::Milliwatts, 1_000),
    ("kW", Quantity::Milliwatts, 1_000_000),
    ("MW", Quantity::Milliwatts, 1_000_000_000),
    ("GW", Quantity::Milliwatts, 1_000_000_000_000),
];

fn unit(name: &str) -> Option<(Quantity, i64)> {
    UNITS.iter().find(|unit| unit.0 == name).map(|unit| (unit.1, unit.2))
}

/// Reads text as people write it in jobs: `11 GiB`, `1.5GHz`, `true`, or plain text.
pub(crate) fn parse(text: &str) -> TypedValue {
    let trimmed = text.trim();
    let (number, suffix) = split_unit(trimmed);
    let name = model::Name::from(suffix);
    if let Ok(whole) = number.parse::<i64>() {
        return TypedValue::Int(whole, name);
    }
    if number.bytes().any(|byte| byte.is_ascii_digit())
        && let Ok(fraction) = number.parse::<f64>()
    {
        return TypedValue::Float(fraction, name);
    }
    match trimmed {
        "true" | "TRUE" | "True" | "t" | "T" => TypedValue::Bool(true),
        "false" | "FALSE" | "False" | "f" | "F" => TypedValue::Bool(false),
        _ => TypedValue::Text(text.into()),
    }
}

/// Splits a known unit off the end of a number; the longest one wins.
fn split_unit(text: &str) -> (&str, &str) {
    let found = UNITS.iter().filter(|unit| text.ends_with(unit.0)).max_by_key(|unit| unit.0.len());
    found.map_or((text, ""), |unit| (text[..text.len() - unit.0.len()].trim_end(), unit.0))
}

/// The order of two values; none when they do not compare.
pub(crate) fn compare(left: &TypedValue, right: &TypedValue) -> Option<Ordering> {
    match (left, right) {
        (TypedValue::Bool(left), TypedValue::Bool(right)) => (left == right).then_some(Ordering::Equal),
        (TypedValue::Text(left), TypedValue::Text(right)) => Some(left.cmp(right)),
        (TypedValue::Int(left, left_unit), TypedValue::Int(right, right_unit)) => {
            let (left_scale, right_scale) = scales(left_unit, right_unit)?;
            let scaled = |number: i64, scale: i64| i128::from(number) * i128::from(scale);
            Some(scaled(*left, left_scale).cmp(&scaled(*right, right_scale)))
        }
        (
            TypedValue::Int(_, left_unit) | TypedValue::Float(_, left_unit),
            TypedValue::Int(_, right_unit) | TypedValue::Float(_, right_unit),
        ) => {
            let (left_scale, right_scale) = scales(left_unit, right_unit)?;
            Some(
                Exact::of(number(left)?)?
                    .times(left_scale)
                    .compare(&Exact::of(number(right)?)?.times(right_scale)),
            )
        }
        _ => None,
    }
}

/// A number without rounding: `mantissa * 2^exponent`. Two thirds of what is scaled by units is no fraction of
/// two, so that products of doubles would make different values equal.
#[derive(Debug, Clone, Copy)]
struct Exact {
    mantissa: i128,
    exponent: i32,
}

impl Exact {
    /// None for what is no number.
    fn of(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let bits = number.to_bits();
        let raw = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
        let fraction = i128::from(bits & ((1 << 52) - 1));
        let (mantissa, exponent) =
            if raw == 0 { (fraction, -1_074) } else { (fraction | (1 << 52), raw - 1_075) };
        Some(Self { mantissa: if number.is_sign_negative() { -mantissa } else { mantissa }, exponent })
    }

    /// Scales are below 2^60 and mantissas below 2^53: nothing overflows.
    const fn times(self, scale: i64) -> Self {
        Self { mantissa: self.mantissa * scale as i128, exponent: self.exponent }
    }

    /// Brings both to one exponent; where that is too far apart the larger exponent decides.
    fn compare(&self, other: &Self) -> Ordering {
        let signs = self.mantissa.signum().cmp(&other.mantissa.signum());
        if signs.is_ne() || self.mantissa == 0 {
            return signs;
        }
        let shift = self.exponent - other.exponent;
        if shift < 0 {
            return other.compare(self).reverse();
        }
        let room = self.mantissa.unsigned_abs().leading_zeros().saturating_sub(1);
        match u32::try_from(shift) {
            Ok(shift) if shift <= room => (self.mantissa << shift).cmp(&other.mantissa),
            _ => self.mantissa.signum().cmp(&0),
        }
    }
}

/// What both sides are multiplied with to be in one unit.
fn scales(left: &str, right: &str) -> Option<(i64, i64)> {
    if left == right {
        return Some((1, 1));
    }
    let (left, right) = (unit(left)?, unit(right)?);
    (left.0 == right.0).then_some((left.1, right.1))
}

#[expect(clippy::cast_precision_loss, reason = "attributes of devices are far below 2^53 of their unit")]
fn float(number: i64) -> f64 {
    number as f64
}

fn number(value: &TypedValue) -> Option<f64> {
    match value {
        TypedValue::Int(number, _) => Some(float(*number)),
        TypedValue::Float(number, _) => Some(*number),
        TypedValue::Bool(_) | TypedValue::Text(_) => None,
    }
}

/// The text of a value, for the operands that work on text; none for others.
pub(crate) fn text(value: &TypedValue) -> Option<Cow<'_, str>> {
    match value {
        TypedValue::Text(text) => Some(Cow::Borrowed(text)),
        TypedValue::Int(number, unit) if unit.is_empty() => Some(Cow::Owned(number.to_string())),
        TypedValue::Int(..) | TypedValue::Bool(_) | TypedValue::Float(..) => None,
    }
}
