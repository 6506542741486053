//! Constraints: one comparison between what a node says and what a job asks.
//!
//! Both sides are read once for all nodes: a literal right side keeps its pattern or version range compiled.
//! A pattern compiles to at most 1 MiB; one that is larger, or is no pattern, matches nothing.

use std::borrow::Cow;
use std::cmp::Ordering;

use model::{Affinity, Constraint, Node};
use regex::{Regex, RegexBuilder};

use super::order::compare;
use super::target::{Target, is_unique};
use super::version::{Flavour, Version, VersionRange};

const MAX_PATTERN: usize = 1 << 20;

/// How the two sides are compared.
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Version(Flavour, Option<VersionRange>),
    Regexp(Option<Box<Regex>>),
    ContainsAll,
    ContainsAny,
    IsSet,
    IsNotSet,
    /// Enforced elsewhere: `distinct_hosts`, `distinct_property`.
    Elsewhere,
    Unknown,
}

impl Operand {
    /// Reads an operand; `literal` is the right side when it is the same for all nodes.
    pub(crate) fn parse(word: &str, literal: Option<&str>) -> Self {
        match word {
            "=" | "==" | "is" => Self::Equal,
            "!=" | "not" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterEqual,
            "version" => Self::Version(
                Flavour::Loose,
                literal.and_then(|text| VersionRange::parse(text, Flavour::Loose)),
            ),
            "semver" => Self::Version(
                Flavour::Semver,
                literal.and_then(|text| VersionRange::parse(text, Flavour::Semver)),
            ),
            "regexp" => Self::Regexp(literal.and_then(pattern).map(Box::new)),
            "set_contains" | "set_contains_all" => Self::ContainsAll,
            "set_contains_any" => Self::ContainsAny,
            "is_set" => Self::IsSet,
            "is_not_set" => Self::IsNotSet,
            "distinct_hosts" | "distinct_property" => Self::Elsewhere,
            _ => Self::Unknown,
        }
    }

    /// Compares two texts; a side that is missing is none.
    pub(crate) fn matches(&self, left: Option<&str>, right: Option<&str>, right_is_literal: bool) -> bool {
        match self {
            Self::IsSet => return left.is_some(),
            Self::IsNotSet => return left.is_none(),
            Self::NotEqual => return left.unwrap_or("") != right.unwrap_or(""),
            Self::Elsewhere => return true,
            Self::Unknown => return false,
            Self::Equal
            | Self::Less
            | Self::LessEqual
            | Self::Greater
            | Self::GreaterEqual
            | Self::Version(..)
            | Self::Regexp(_)
            | Self::ContainsAll
            | Self::ContainsAny => {}
        }
        let (Some(left), Some(right)) = (left, right) else { return false };
        match self {
            Self::Equal => left == right,
            Self::Less => compare(left, right) == Some(Ordering::Less),
            Self::LessEqual => compare(left, right).is_some_and(Ordering::is_le),
            Self::Greater => compare(left, right) == Some(Ordering::Greater),
            Self::GreaterEqual => compare(left, right).is_some_and(Ordering::is_ge),
            Self::Version(flavour, range) => {
                let computed = if right_is_literal { None } else { VersionRange::parse(right, *flavour) };
                let range = if right_is_literal { range.as_ref() } else { computed.as_ref() };
                range.is_some_and(|range| Version::parse(left).is_some_and(|version| range.matches(&version)))
            }
            Self::Regexp(compiled) if right_is_literal => {
                compiled.as_ref().is_some_and(|regex| regex.is_match(left))
            }
            Self::Regexp(_) => pattern(right).is_some_and(|regex| regex.is_match(left)),
            Self::ContainsAll => items(right).all(|wanted| items(left).any(|item| item == wanted)),
            Self::ContainsAny => items(right).any(|wanted| items(left).any(|item| item == wanted)),
            Self::NotEqual | Self::IsSet | Self::IsNotSet | Self::Elsewhere | Self::Unknown => false,
        }
    }
}

fn pattern(text: &str) -> Option<Regex> {
    RegexBuilder::new(text).size_limit(MAX_PATTERN).build().ok()
}

fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim)
}

/// A comparison that is ready to be made on many nodes.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    left: Target,
    right: Target,
    operand: Operand,
    /// The text under which metrics count it.
    pub(crate) text: String,
    /// Whether it tells nodes of one class apart.
    pub(crate) unique: bool,
}

impl Check {
    fn new(ltarget: &str, operand: &str, rtarget: &str) -> Self {
        let right = Target::parse(rtarget);
        let literal = matches!(right, Target::Literal(_)).then_some(rtarget);
        Self {
            left: Target::parse(ltarget),
            operand: Operand::parse(operand, literal),
            right,
            text: format!("{ltarget} {operand} {rtarget}"),
            unique: is_unique(ltarget) || is_unique(rtarget),
        }
    }

    pub(crate) fn of_constraint(constraint: &Constraint) -> Self {
        Self::new(&constraint.ltarget, &constraint.operand, &constraint.rtarget)
    }

    pub(crate) fn of_affinity(affinity: &Affinity) -> Self {
        Self::new(&affinity.ltarget, &affinity.operand, &affinity.rtarget)
    }

    /// What the node says of the side that is looked up: the left one, unless that is a literal.
    pub(crate) fn says<'a>(&'a self, node: &'a Node) -> Option<Cow<'a, str>> {
        let looked_up = if matches!(self.left, Target::Literal(_)) { &self.right } else { &self.left };
        looked_up.resolve(node)
    }

    /// Whether the node meets it.
    pub(crate) fn matches(&self, node: &Node) -> bool {
        let (left, right) = (self.left.resolve(node), self.right.resolve(node));
        let literal = matches!(self.right, Target::Literal(_));
        self.operand.matches(left.as_deref(), right.as_deref(), literal)
    }
}
