//! What the agent's configuration forbids: ids in ranges, environment variables by pattern.

/// Ranges of ids such as `0,10-20`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct IdRanges(Vec<(u32, u32)>);

impl IdRanges {
    /// Reads ranges; `None` if the text is not a list of them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let range = |part: &str| -> Option<(u32, u32)> {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let range = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (range.0 <= range.1).then_some(range)
        };
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Some(Self(parts.map(range).collect::<Option<Vec<_>>>()?))
    }

    /// Returns whether an id is in one of the ranges.
    pub(super) fn contains(&self, id: u32) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&id))
    }
}

/// Returns whether `name` matches `pattern`, in which `*` stands for anything.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_denied_by_range() {
        let ranges = IdRanges::parse("0, 10-20,30").expect("ranges");
        let denied: Vec<u32> = (0..40).filter(|id| ranges.contains(*id)).collect();
        assert_eq!(denied, [&[0][..], &(10..=20).collect::<Vec<_>>(), &[30]].concat());
        assert_eq!(IdRanges::parse(""), Some(IdRanges::default()));
        for bad in ["a", "1-", "5-2", "-1"] {
            assert_eq!(IdRanges::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in
            [("AWS_*", "AWS_KEY"), ("*", ""), ("*_TOKEN", "A_TOKEN"), ("A*B*C", "AxxByyC"), ("A", "A")]
        {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("AWS_*", "aws_key"), ("A", "AB"), ("*_TOKEN", "TOKEN"), ("A*BC", "ABxC"), ("", "x")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
