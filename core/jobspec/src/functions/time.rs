//! `formatdate` and `timeadd`.
//!
//! Limits: RFC 3339 timestamps; the offset is kept as written. No clock is read.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text};
use super::time_format::{Stamp, format_stamp};
use crate::duration::parse_duration;
use crate::values::Value;

pub(super) fn formatdate(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let stamp = read(&text(args, 1)).map_err(|error| FunctionError::Argument(1, error))?;
    let formatted = format_stamp(&text(args, 0), &stamp);
    formatted.map(Value::string).map_err(|error| FunctionError::Argument(0, error))
}

pub(super) fn timeadd(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let stamp = read(&text(args, 0)).map_err(|error| FunctionError::Argument(0, error))?;
    let nanos =
        parse_duration(&text(args, 1)).map_err(|error| FunctionError::Argument(1, error.to_string()))?;
    let moved = stamp.time.checked_add(SignedDuration::from_nanos(nanos));
    let time = moved.map_err(|_| FunctionError::failed("the result is out of the range of times"))?;
    let text = format_stamp("YYYY-MM-DD'T'hh:mm:ssZ", &Stamp { time, ..stamp });
    text.map(Value::string).map_err(FunctionError::failed)
}

/// Reads `2006-01-02T15:04:05Z` and `…+07:00`, with an optional fraction.
fn read(text: &str) -> Result<Stamp, String> {
    let invalid = || format!("not a valid RFC3339 timestamp: \"{text}\"");
    let (time, offset) = match text.strip_suffix('Z') {
        Some(time) => (time, 0),
        None => {
            let at = text.len().checked_sub(6).filter(|&at| text.is_char_boundary(at)).ok_or_else(invalid)?;
            let (time, offset) = text.split_at(at);
            (time, offset_minutes(offset).ok_or_else(invalid)?)
        }
    };
    let shape = time.len() >= 19 && time.as_bytes()[10] == b'T';
    let parsed: Result<DateTime, _> = time.parse();
    match parsed {
        Ok(time) if shape => Ok(Stamp { time, offset_minutes: offset }),
        _ => Err(invalid()),
    }
}

fn offset_minutes(text: &str) -> Option<i32> {
    let sign = match text.as_bytes() {
        [b'+', _, _, b':', _, _] => 1,
        [b'-', _, _, b':', _, _] => -1,
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (text.get(1..3)?.parse().ok()?, text.get(4..6)?.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
