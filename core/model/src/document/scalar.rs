//! Fields that hold no other field: strings, numbers, booleans, durations, free-form values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::field::{Field, Kind, Leaf};
use super::{DecodeError, JsonPath};
use crate::Nanos;

/// A map of strings that users fill: its keys are theirs.
pub type GoMap = BTreeMap<String, String>;

/// A value nobody but its owner understands: driver configuration, scaling policies.
///
/// Kept as JSON text in the compact form, so that any codec carries it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Any(pub Value);

impl Any {
    /// The entries of an object; none for anything else.
    #[must_use]
    pub fn entries(&self) -> Option<&Map<String, Value>> {
        self.0.as_object()
    }
}

impl Serialize for Any {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_string())
    }
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// Implements [`Field`] for a scalar: how it is written, what its zero is, how it is read.
macro_rules! scalar {
    ($type:ty, $leaf:ident, $to_json:expr, $from_json:expr) => {
        impl Field for $type {
            type Draft = $type;
            const KIND: Kind = Kind::Scalar;
            const LEAF: Leaf = Leaf::$leaf;
            fn resolve(draft: Option<Self::Draft>) -> Self {
                draft.unwrap_or_default()
            }
            fn draft(&self) -> Option<Self::Draft> {
                Some(self.clone())
            }
            fn to_json(&self) -> Value {
                $to_json(self)
            }
            fn draft_to_json(draft: &Self::Draft) -> Value {
                $to_json(draft)
            }
            fn zero_json() -> Value {
                $to_json(&<$type>::default())
            }
            fn from_json(value: &Value, path: &mut JsonPath) -> Result<Option<Self>, DecodeError> {
                if value.is_null() {
                    return Ok(None);
                }
                $from_json(value, path).map(Some)
            }
        }
    };
}

macro_rules! number {
    ($type:ty) => {
        scalar!(
            $type,
            Number,
            |number: &$type| Value::from(*number),
            |value: &Value, path: &mut JsonPath| {
                let Value::Number(number) = value else { return Err(path.wrong_type("a number", value)) };
                whole(number)
                    .and_then(|whole| <$type>::try_from(whole).ok())
                    .ok_or_else(|| path.out_of_range(value))
            }
        );
    };
}

/// The whole number that JSON text such as `3` or `3.0` means.
fn whole(number: &serde_json::Number) -> Option<i128> {
    if let Some(signed) = number.as_i64() {
        return Some(i128::from(signed));
    }
    if let Some(unsigned) = number.as_u64() {
        return Some(i128::from(unsigned));
    }
    let float = number.as_f64()?;
    let in_range = float.abs() < 9.0e15;
    #[expect(clippy::cast_possible_truncation, reason = "checked: whole and below 2^53")]
    (in_range && float.fract() == 0.0).then_some(float as i128)
}

number!(i64);
number!(u64);
number!(u32);
number!(u8);
number!(i8);

scalar!(bool, Flag, |flag: &bool| Value::Bool(*flag), |value: &Value, path: &mut JsonPath| value
    .as_bool()
    .ok_or_else(|| path.wrong_type("a boolean", value)));
scalar!(String, Text, |text: &String| Value::String(text.clone()), |value: &Value, path: &mut JsonPath| {
    value.as_str().map(str::to_owned).ok_or_else(|| path.wrong_type("a string", value))
});
scalar!(Nanos, Duration, |nanos: &Nanos| Value::from(nanos.0), |value: &Value, path: &mut JsonPath| {
    i64::from_json(value, path).map(|n| Nanos(n.unwrap_or_default()))
});
scalar!(Any, Free, |any: &Any| any.0.clone(), |value: &Value, _: &mut JsonPath| Ok::<_, DecodeError>(Any(
    value.clone()
)));
