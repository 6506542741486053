//! Types of the expression language and their names in diagnostics.
//!
//! Limits: describes types only; `convert.rs` applies them.

use std::collections::BTreeMap;
use std::rc::Rc;

/// One attribute of an object type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectAttribute {
    pub(crate) kind: Kind,
    /// Whether a value without the attribute gets null for it.
    pub(crate) optional: bool,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Whatever the value is.
    Any,
    String,
    Number,
    Bool,
    List(Box<Kind>),
    Set(Box<Kind>),
    Map(Box<Kind>),
    Object(BTreeMap<Rc<str>, ObjectAttribute>),
    Tuple(Vec<Kind>),
}

impl Kind {
    pub(crate) fn list(item: Kind) -> Kind {
        Kind::List(Box::new(item))
    }

    pub(crate) fn is_primitive(&self) -> bool {
        matches!(self, Kind::String | Kind::Number | Kind::Bool)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Kind::Any => out.write_str("any type"),
            Kind::String => out.write_str("string"),
            Kind::Number => out.write_str("number"),
            Kind::Bool => out.write_str("bool"),
            Kind::List(item) => write!(out, "list of {item}"),
            Kind::Set(item) => write!(out, "set of {item}"),
            Kind::Map(item) => write!(out, "map of {item}"),
            Kind::Object(_) => out.write_str("object"),
            Kind::Tuple(_) => out.write_str("tuple"),
        }
    }
}
