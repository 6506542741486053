//! Datacenters: a job's list, in which `*` stands for any text.

/// Whether a datacenter is on the list.
pub(crate) fn in_datacenters(list: &[String], datacenter: &str) -> bool {
    list.iter().any(|pattern| matches_glob(pattern, datacenter))
}

/// Matches `*` against any text, and nothing else specially. Linear: the last star takes all it needs.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let Some((middle, tail)) = rest.rsplit_once('*') else { return text.ends_with(rest) };
    for piece in middle.split('*') {
        let Some(at) = text.find(piece) else { return false };
        text = &text[at + piece.len()..];
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_matches_any_text_and_nothing_else_is_special() {
        for (pattern, text, expected) in [
            ("dc1", "dc1", true),
            ("*", "", true),
            ("dc*", "dc1", true),
            ("*east*", "us-east-1", true),
            ("us-*-1?", "us-east-1a", false),
            ("a*a", "a", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxc", false),
        ] {
            assert_eq!(matches_glob(pattern, text), expected, "{pattern} {text}");
        }
    }
}
