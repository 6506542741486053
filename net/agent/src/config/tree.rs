//! What both syntaxes are read into: keys with values, in order, each with its line.

/// A value of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Object(Vec<Item>),
}

/// A key with its value. Blocks are objects; labels become nested objects.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) value: Value,
}
