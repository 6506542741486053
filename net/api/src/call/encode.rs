//! Percent-encoding.
//!
//! Limits: everything but letters, digits, `-`, `_`, `.` and `~` is encoded.

/// Encodes one segment of a path, or one key or value of a query.
pub(crate) fn segment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_slash_in_a_job_id_stays_inside_its_segment() {
        assert_eq!(super::segment("job/periodic-1 ü"), "job%2Fperiodic-1%20%C3%BC");
    }
}
