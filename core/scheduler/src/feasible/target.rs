//! The two sides of a constraint: literal text, or something that a node says of itself.
//!
//! Only a text that begins with `${` is looked up; an interpolation inside other text is literal.

use std::borrow::Cow;

use model::Node;

/// One side of a constraint, an affinity or a spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Literal(String),
    NodeId,
    Datacenter,
    NodeName,
    Class,
    Pool,
    Attr(String),
    Meta(String),
    /// Names nothing that nodes have.
    Unknown,
}

impl Target {
    pub(crate) fn parse(text: &str) -> Self {
        let Some(inner) = text.strip_prefix("${") else { return Self::Literal(text.to_owned()) };
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        match inner {
            "node.unique.id" => Self::NodeId,
            "node.datacenter" => Self::Datacenter,
            "node.unique.name" => Self::NodeName,
            "node.class" => Self::Class,
            "node.pool" => Self::Pool,
            _ => {
                if let Some(key) = inner.strip_prefix("attr.") {
                    Self::Attr(key.to_owned())
                } else if let Some(key) = inner.strip_prefix("meta.") {
                    Self::Meta(key.to_owned())
                } else {
                    Self::Unknown
                }
            }
        }
    }

    /// Whether all nodes of one class say the same.
    pub(crate) fn is_of_class(&self) -> bool {
        match self {
            Self::Literal(_) | Self::Datacenter | Self::Class | Self::Pool | Self::Unknown => true,
            Self::NodeId | Self::NodeName => false,
            Self::Attr(key) | Self::Meta(key) => !key.starts_with("unique."),
        }
    }

    /// What the node says; none where it says nothing.
    pub(crate) fn resolve<'a>(&'a self, node: &'a Node) -> Option<Cow<'a, str>> {
        match self {
            Self::Literal(text) => Some(Cow::Borrowed(text)),
            Self::NodeId => Some(Cow::Owned(node.id.to_string())),
            Self::Datacenter => Some(Cow::Borrowed(&node.datacenter)),
            Self::NodeName => Some(Cow::Borrowed(&node.name)),
            Self::Class => Some(Cow::Borrowed(&node.class)),
            Self::Pool => Some(Cow::Borrowed(&node.pool)),
            Self::Attr(key) => node.attributes.get(key.as_str()).map(|value| Cow::Borrowed(&**value)),
            Self::Meta(key) => node.meta.get(key.as_str()).map(|value| Cow::Borrowed(&**value)),
            Self::Unknown => None,
        }
    }
}

/// Whether a side names something that differs between nodes of one class.
pub(crate) fn is_unique(text: &str) -> bool {
    ["${node.unique.", "${attr.unique.", "${meta.unique.", "${unique."]
        .iter()
        .any(|prefix| text.contains(prefix))
}
