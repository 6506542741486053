//! base64 and URL encoding.
//!
//! Limits: decoded text must be UTF-8.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text};
use crate::values::Value;

pub(super) fn base64encode(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(Value::string(STANDARD.encode(text(args, 0).as_bytes())))
}

pub(super) fn base64decode(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let text = text(args, 0);
    let bytes = STANDARD
        .decode(text.as_bytes())
        .map_err(|_| FunctionError::failed(format!("failed to decode base64 data '{text}'")))?;
    let decoded = String::from_utf8(bytes).map_err(|_| {
        FunctionError::failed("the result of decoding the provided string is not valid UTF-8")
    })?;
    Ok(Value::string(decoded))
}

/// Encodes for a query string: space becomes `+`.
pub(super) fn urlencode(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let mut encoded = String::new();
    for byte in text(args, 0).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte))
            }
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(Value::string(encoded))
}
