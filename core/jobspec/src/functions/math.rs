//! Functions of numbers.
//!
//! Limits: `log` and `pow` go through 64-bit floats, as they do in Nomad.

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, number, whole};
use crate::values::{Number, Value};

fn result(number: Option<Number>) -> FunctionResult {
    number
        .map(Value::Number)
        .ok_or_else(|| FunctionError::failed("the result is out of the range of numbers"))
}

pub(super) fn abs(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let number = number(args, 0);
    Ok(Value::Number(if number.is_negative() { number.negated() } else { number }))
}

pub(super) fn ceil(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    result(number(args, 0).ceil())
}

pub(super) fn floor(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    result(number(args, 0).floor())
}

pub(super) fn log(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    result(Number::from_f64(number(args, 0).to_f64().ln() / number(args, 1).to_f64().ln()))
}

pub(super) fn pow(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    result(Number::from_f64(number(args, 0).to_f64().powf(number(args, 1).to_f64())))
}

pub(super) fn signum(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::int(whole(args, 0)?.signum()))
}

pub(super) fn max(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    extreme(args, std::cmp::Ordering::Greater)
}

pub(super) fn min(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    extreme(args, std::cmp::Ordering::Less)
}

fn extreme(args: &[Value], wanted: std::cmp::Ordering) -> FunctionResult {
    let numbers = (0..args.len()).map(|at| number(args, at));
    let best = numbers.reduce(|best, next| if next.compare(&best) == wanted { next } else { best });
    best.map(Value::Number).ok_or_else(|| FunctionError::failed("must pass at least one number"))
}

pub(super) fn parseint(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let Some(Value::String(text)) = args.first() else {
        let word = args.first().map_or("nothing", Value::kind_word);
        return Err(FunctionError::Argument(0, format!("first argument must be a string, not {word}")));
    };
    let base = whole(args, 1)?;
    let Some(radix) = u32::try_from(base).ok().filter(|base| (2..=62).contains(base)) else {
        return Err(FunctionError::Argument(
            1,
            "base must be a whole number between 2 and 62 inclusive".to_owned(),
        ));
    };
    let parsed = parse_radix(text, radix).and_then(Number::from_big_int);
    parsed.map(Value::Number).ok_or_else(|| {
        FunctionError::Argument(0, format!("cannot parse \"{text}\" as a base {radix} integer"))
    })
}

/// Reads digits of a base up to 62: lower case stands for 10 to 35, upper case above base 36 for 36 to 61.
fn parse_radix(text: &str, radix: u32) -> Option<num_bigint::BigInt> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || digits.len() > 4096 {
        return None;
    }
    let mut total = num_bigint::BigInt::ZERO;
    for byte in digits.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if radix <= 36 => byte - b'A' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            _ => return None,
        };
        if u32::from(digit) >= radix {
            return None;
        }
        total = total * radix + digit;
    }
    Some(if negative { -total } else { total })
}
