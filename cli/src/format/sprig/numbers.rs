//! Numbers.

use gotmpl::{TemplateError, Value};

use super::arguments::{float_of, int_of};
use super::{Arguments, Function};

pub(super) const FUNCTIONS: [(&str, Function); 19] = [
    ("add", |of| Ok(Value::Int(all(of).fold(0, i64::wrapping_add)))),
    ("add1", |of| Ok(Value::Int(of.int(0)?.wrapping_add(1)))),
    ("sub", |of| Ok(Value::Int(of.int(0)?.wrapping_sub(of.int(1)?)))),
    ("mul", |of| Ok(Value::Int(all(of).fold(1, i64::wrapping_mul)))),
    ("div", |of| divide(of, i64::checked_div)),
    ("mod", |of| divide(of, i64::checked_rem)),
    ("max", |of| Ok(Value::Int(all(of).max().unwrap_or(0)))),
    ("min", |of| Ok(Value::Int(all(of).min().unwrap_or(0)))),
    ("biggest", |of| Ok(Value::Int(all(of).max().unwrap_or(0)))),
    ("addf", |of| Ok(Value::Float(of.values.iter().map(float_of).sum()))),
    ("subf", |of| Ok(Value::Float(of.float(0)? - of.float(1)?))),
    ("mulf", |of| Ok(Value::Float(of.values.iter().map(float_of).product()))),
    ("divf", |of| Ok(Value::Float(of.float(0)? / of.float(1)?))),
    ("maxf", |of| Ok(Value::Float(of.values.iter().map(float_of).fold(f64::MIN, f64::max)))),
    ("minf", |of| Ok(Value::Float(of.values.iter().map(float_of).fold(f64::MAX, f64::min)))),
    ("ceil", |of| Ok(Value::Float(of.float(0)?.ceil()))),
    ("floor", |of| Ok(Value::Float(of.float(0)?.floor()))),
    ("round", |of| {
        let scale = 10_f64.powi(i32::try_from(of.int(1)?).unwrap_or(0).clamp(-300, 300));
        Ok(Value::Float((of.float(0)? * scale).round() / scale))
    }),
    ("len", |of| {
        let length = of.value(0)?.len().ok_or_else(|| of.failed("the value has no length"))?;
        Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
    }),
];

fn all<'a>(of: &Arguments<'a>) -> impl Iterator<Item = i64> + use<'a> {
    of.values.iter().map(int_of)
}

fn divide(of: &Arguments<'_>, how: impl Fn(i64, i64) -> Option<i64>) -> Result<Value, TemplateError> {
    how(of.int(0)?, of.int(1)?).map(Value::Int).ok_or_else(|| of.failed("division by zero"))
}
