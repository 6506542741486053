//! Numbers and switches in text.
//!
//! Purpose: accept and refuse exactly what Go's `strconv` does, since clients see its error texts.
//! Limits: decimal numbers only.

/// Why a text is no number or switch, in the words that clients know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("strconv.{function}: parsing {text:?}: {reason}")]
pub struct ScalarError {
    function: &'static str,
    text: String,
    reason: &'static str,
}

impl ScalarError {
    /// Names the function differently: `Atoi` is `ParseInt` by another name.
    #[must_use]
    pub fn of(mut self, function: &'static str) -> ScalarError {
        self.function = function;
        self
    }
}

/// Reads a switch.
pub fn parse_bool(text: &str) -> Result<bool, ScalarError> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(ScalarError { function: "ParseBool", text: text.to_owned(), reason: "invalid syntax" }),
    }
}

/// Reads a number without a sign.
pub fn parse_uint(text: &str) -> Result<u64, ScalarError> {
    let failed = |reason| ScalarError { function: "ParseUint", text: text.to_owned(), reason };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(failed("invalid syntax"));
    }
    text.parse().map_err(|_| failed("value out of range"))
}

/// Reads a number with an optional sign.
pub fn parse_int(text: &str) -> Result<i64, ScalarError> {
    let failed = |reason| ScalarError { function: "ParseInt", text: text.to_owned(), reason };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(failed("invalid syntax"));
    }
    text.parse().map_err(|_| failed("value out of range"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_refused_in_gos_words() {
        assert_eq!(parse_uint("18446744073709551615"), Ok(u64::MAX));
        assert_eq!(parse_int("-7"), Ok(-7));
        assert_eq!(parse_int("+7"), Ok(7));
        for (error, text) in [
            (parse_uint("zz").unwrap_err(), r#"strconv.ParseUint: parsing "zz": invalid syntax"#),
            (parse_uint("-1").unwrap_err(), r#"strconv.ParseUint: parsing "-1": invalid syntax"#),
            (
                parse_uint("18446744073709551616").unwrap_err(),
                r#"strconv.ParseUint: parsing "18446744073709551616": value out of range"#,
            ),
            (parse_int("x").unwrap_err().of("Atoi"), r#"strconv.Atoi: parsing "x": invalid syntax"#),
            (parse_bool("zz").unwrap_err(), r#"strconv.ParseBool: parsing "zz": invalid syntax"#),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }
}
