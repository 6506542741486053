//! Version constraints: `>= 1.2, < 2`, in the loose order of `version` and the strict one of `semver`.
//!
//! A list has at most 64 parts, a version at most 32 segments and 256 bytes; what is longer matches nothing.

use std::cmp::Ordering;

const MAX_PARTS: usize = 64;
const MAX_SEGMENTS: usize = 32;
const MAX_BYTES: usize = 256;

/// A version: numbers, pre-release and what a build adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    segments: Vec<u64>,
    /// How many segments were written.
    written: usize,
    pre: String,
}

impl Version {
    /// Reads `v1.2.3-beta+build`; the leading `v` and all but the first segment may be missing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
        if build.is_some_and(|build| !is_identifier_list(build)) {
            return None;
        }
        let (numbers, pre) = text.split_once('-').map_or((text, ""), |(numbers, pre)| (numbers, pre));
        if numbers.len() != text.len() && !is_identifier_list(pre) {
            return None;
        }
        let mut segments = Vec::new();
        for part in numbers.split('.') {
            if part.is_empty()
                || !part.bytes().all(|byte| byte.is_ascii_digit())
                || segments.len() == MAX_SEGMENTS
            {
                return None;
            }
            segments.push(part.parse().ok()?);
        }
        let written = segments.len();
        segments.resize(written.max(3), 0);
        Some(Self { segments, written, pre: pre.to_owned() })
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.base(other).then_with(|| compare_pre(&self.pre, &other.pre))
    }

    /// Compares the numbers only; missing segments are zero.
    fn base(&self, other: &Self) -> Ordering {
        let length = self.segments.len().max(other.segments.len());
        let at = |version: &Self, index: usize| version.segments.get(index).copied().unwrap_or(0);
        (0..length)
            .map(|index| at(self, index).cmp(&at(other, index)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

fn is_identifier_list(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'~'))
}

/// Semver 2 order of pre-releases: none is newest, numbers before words, shorter before longer.
fn compare_pre(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => match (left.parse::<u64>(), right.parse::<u64>()) {
                (Ok(left), Ok(right)) => left.cmp(&right),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => left.cmp(right),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Pessimistic,
}

/// Which order a list is read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Pre-releases match only where the list names one of the same base.
    Loose,
    /// Plain order of semver 2; no `~>`.
    Semver,
}

/// A list of conditions that a version must meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionRange {
    parts: Vec<(Operator, Version)>,
    flavour: Flavour,
}

impl VersionRange {
    /// Reads a list; none when it is no list of conditions.
    pub(crate) fn parse(text: &str, flavour: Flavour) -> Option<Self> {
        let mut parts = Vec::new();
        for part in text.split(',') {
            if parts.len() == MAX_PARTS {
                return None;
            }
            let part = part.trim();
            let digits = part.find(|c: char| c.is_ascii_alphanumeric())?;
            let operator = match part[..digits].trim() {
                "" | "=" => Operator::Equal,
                "!=" => Operator::NotEqual,
                ">" => Operator::Greater,
                "<" => Operator::Less,
                ">=" => Operator::GreaterEqual,
                "<=" => Operator::LessEqual,
                "~>" if flavour == Flavour::Loose => Operator::Pessimistic,
                _ => return None,
            };
            parts.push((operator, Version::parse(&part[digits..])?));
        }
        Some(Self { parts, flavour })
    }

    /// Whether a version meets all conditions.
    pub(crate) fn matches(&self, version: &Version) -> bool {
        self.parts.iter().all(|(operator, bound)| self.meets(version, *operator, bound))
    }

    fn meets(&self, version: &Version, operator: Operator, bound: &Version) -> bool {
        let order = version.compare(bound);
        let allowed = self.flavour == Flavour::Semver || pre_allowed(version, bound);
        match operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater => allowed && order.is_gt(),
            Operator::Less => allowed && order.is_lt(),
            Operator::GreaterEqual => allowed && order.is_ge(),
            Operator::LessEqual => allowed && order.is_le(),
            Operator::Pessimistic => pessimistic(version, bound),
        }
    }
}

/// Whether the pre-release of a version may be compared with a bound at all.
fn pre_allowed(version: &Version, bound: &Version) -> bool {
    match (version.pre.is_empty(), bound.pre.is_empty()) {
        (true, _) => true,
        (false, true) => false,
        (false, false) => version.base(bound).is_eq(),
    }
}

/// `~> 1.2.3`: at least that, and equal in all written segments but the last.
fn pessimistic(version: &Version, bound: &Version) -> bool {
    if !pre_allowed(version, bound) || (!bound.pre.is_empty() && version.pre.is_empty()) {
        return false;
    }
    if version.compare(bound).is_lt() || version.segments.len() < bound.written {
        return false;
    }
    let fixed = bound.written.saturating_sub(1);
    version.segments[..fixed] == bound.segments[..fixed]
}
