//! Reading drafts from JSON: located errors, and bounds on nesting and on what the drafts take.

use serde_json::Value;

/// Documents and the free-form values in them may nest this deep.
pub const MAX_DEPTH: usize = 64;

/// Bytes that the drafts of one document may take: a few bytes of JSON can ask for many.
pub const MAX_DRAFT_BYTES: usize = 32 << 20;

/// Why a JSON value is not the document it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A value has another type than its field.
    #[error("cannot use {found} as {wanted} at {path}")]
    WrongType {
        /// Where, such as `TaskGroups[0].Count`.
        path: String,
        /// What the field holds.
        wanted: &'static str,
        /// What was found.
        found: &'static str,
    },
    /// A number does not fit its field.
    #[error("number {number} is out of range at {path}")]
    OutOfRange {
        /// Where, such as `Priority`.
        path: String,
        /// The number as written.
        number: String,
    },
    /// The drafts take more than [`MAX_DRAFT_BYTES`].
    #[error("too many documents: those up to {path} take more than {MAX_DRAFT_BYTES} bytes")]
    TooLarge {
        /// The first one that is too much.
        path: String,
    },
    /// The document nests deeper than [`MAX_DEPTH`].
    #[error("nested more than {MAX_DEPTH} levels deep at {path}")]
    TooDeep {
        /// Where.
        path: String,
    },
}

/// The way from the root of a document to the value being read.
#[derive(Debug, Default)]
pub struct JsonPath {
    steps: Vec<String>,
    drafts: usize,
}

impl JsonPath {
    /// Runs `read` one step further down.
    ///
    /// # Errors
    /// What `read` returns, or [`DecodeError::TooDeep`].
    pub fn step<T>(
        &mut self,
        step: impl Into<String>,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.steps.push(step.into());
        if self.steps.len() > 2 * MAX_DEPTH {
            return Err(DecodeError::TooDeep { path: self.text() });
        }
        let result = read(self);
        self.steps.pop();
        result
    }

    /// Counts a draft of that many bytes.
    ///
    /// # Errors
    /// [`DecodeError::TooLarge`]
    pub fn draft(&mut self, bytes: usize) -> Result<(), DecodeError> {
        self.drafts = self.drafts.saturating_add(bytes);
        if self.drafts > MAX_DRAFT_BYTES { Err(DecodeError::TooLarge { path: self.text() }) } else { Ok(()) }
    }

    /// Says that `value` is not a `wanted`.
    #[must_use]
    pub fn wrong_type(&self, wanted: &'static str, value: &Value) -> DecodeError {
        DecodeError::WrongType { path: self.text(), wanted, found: type_name(value) }
    }

    /// Says that a number does not fit.
    #[must_use]
    pub fn out_of_range(&self, number: &Value) -> DecodeError {
        DecodeError::OutOfRange { path: self.text(), number: number.to_string() }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            if !text.is_empty() && !step.starts_with('[') {
                text.push('.');
            }
            text.push_str(step);
        }
        if text.is_empty() { "the top level".to_owned() } else { text }
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
