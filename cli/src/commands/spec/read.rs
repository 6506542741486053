//! Reading a file or stdin.

use serde_json::Value;

use crate::CommandError;
use crate::context::Context;

/// Longest input in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Reads a file, or stdin for `-`.
pub(in crate::commands) fn read(context: &Context<'_>, path: &str) -> Result<String, CommandError> {
    let failed = |problem: String| CommandError::failed(format!("Error reading {path}: {problem}"));
    let bytes = if path == "-" {
        context.ui.read_input(MAX_BYTES + 1)
    } else {
        std::fs::File::open(path).and_then(|file| {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::Read::take(file, MAX_BYTES + 1), &mut bytes)?;
            Ok(bytes)
        })
    };
    let bytes = bytes.map_err(|error| failed(error.to_string()))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(failed(format!("it is longer than {MAX_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| failed("it is not text in UTF-8".to_owned()))
}

/// Reads a JSON object.
pub(in crate::commands) fn from_json(file: &str, text: &str) -> Result<Value, CommandError> {
    let failed = |problem: String| CommandError::failed(format!("Error parsing {file}: {problem}"));
    let value: Value = serde_json::from_str(text).map_err(|error| failed(error.to_string()))?;
    if value.is_object() { Ok(value) } else { Err(failed("it must hold a JSON object".to_owned())) }
}
