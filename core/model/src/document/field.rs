//! What every field of a document can do: be drafted, resolved, written and read.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde_json::Value;

use super::{DecodeError, JsonPath};

/// Fields with this Go name are never shown by the API.
pub const SECRET: &str = "SecretID";

/// How a field appears in the API's JSON when it holds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `null` while it is not set (a pointer in the API's terms).
    Pointer,
    /// The zero of its type while it is not set.
    Value,
    /// Left out of the JSON while it is not set.
    Omitted,
    /// Never there.
    Absent,
}

/// What a field holds, for code that walks documents.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A string, number, boolean, duration or free-form value.
    Scalar,
    /// A list of scalars.
    List,
    /// A map of strings to scalars.
    Map,
    /// A document.
    Document(fn() -> &'static [FieldDef]),
    /// A list of documents.
    Documents(fn() -> &'static [FieldDef]),
    /// A map of names to documents.
    NamedDocuments(fn() -> &'static [FieldDef]),
}

/// What the values of a field are, at the end of its lists and maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// A boolean.
    Flag,
    /// A number of nanoseconds.
    Duration,
    /// Any JSON value.
    Free,
    /// Fields of its own.
    Document,
}

/// One row of a document's table of fields.
#[derive(Debug, Clone, Copy)]
pub struct FieldDef {
    /// Name in Rust and, mostly, in job files: `max_parallel`.
    pub name: &'static str,
    /// Name in the API's JSON: `MaxParallel`.
    pub go: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What its values are.
    pub leaf: Leaf,
    /// How an unset one appears in a draft's JSON.
    pub draft: Form,
    /// How an empty one appears in the canonical JSON.
    pub canonical: Form,
    /// The doc comment.
    pub doc: &'static str,
}

/// A type that can be a field of a document.
pub trait Field: Clone + PartialEq + Default + Debug {
    /// The same with everything inside optional.
    type Draft: Clone + PartialEq + Debug;
    /// What tables say of it.
    const KIND: Kind;
    /// What tables say of its values.
    const LEAF: Leaf;

    /// The canonical value of a draft; the type's default where there is none.
    fn resolve(draft: Option<Self::Draft>) -> Self;
    /// A draft with everything set.
    fn draft(&self) -> Option<Self::Draft>;
    /// JSON of a canonical value. Empty lists and maps are `null`.
    fn to_json(&self) -> Value;
    /// JSON of a draft.
    fn draft_to_json(draft: &Self::Draft) -> Value;
    /// JSON of a draft that is not set and is no pointer.
    fn zero_json() -> Value;
    /// Reads a draft; `null` is none.
    ///
    /// # Errors
    /// [`DecodeError`] names the place.
    fn from_json(value: &Value, path: &mut JsonPath) -> Result<Option<Self::Draft>, DecodeError>;
}

/// A struct made by [`document!`](crate::document!).
pub trait Document: Field {
    /// Its table of fields, in declaration order.
    fn fields() -> &'static [FieldDef];
}

impl<T: Field> Field for Option<T> {
    type Draft = T::Draft;
    const KIND: Kind = T::KIND;
    const LEAF: Leaf = T::LEAF;
    fn resolve(draft: Option<Self::Draft>) -> Self {
        draft.map(|draft| T::resolve(Some(draft)))
    }
    fn draft(&self) -> Option<Self::Draft> {
        self.as_ref().and_then(T::draft)
    }
    fn to_json(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_json)
    }
    fn draft_to_json(draft: &Self::Draft) -> Value {
        T::draft_to_json(draft)
    }
    fn zero_json() -> Value {
        Value::Null
    }
    fn from_json(value: &Value, path: &mut JsonPath) -> Result<Option<Self::Draft>, DecodeError> {
        T::from_json(value, path)
    }
}

impl<T: Field> Field for Vec<T> {
    type Draft = Vec<T::Draft>;
    const KIND: Kind = match T::KIND {
        Kind::Document(fields) => Kind::Documents(fields),
        Kind::Scalar | Kind::List | Kind::Map | Kind::Documents(_) | Kind::NamedDocuments(_) => Kind::List,
    };
    const LEAF: Leaf = T::LEAF;
    fn resolve(draft: Option<Self::Draft>) -> Self {
        draft.unwrap_or_default().into_iter().map(|item| T::resolve(Some(item))).collect()
    }
    fn draft(&self) -> Option<Self::Draft> {
        if self.is_empty() { None } else { Some(self.iter().filter_map(T::draft).collect()) }
    }
    fn to_json(&self) -> Value {
        if self.is_empty() { Value::Null } else { self.iter().map(T::to_json).collect() }
    }
    fn draft_to_json(draft: &Self::Draft) -> Value {
        draft.iter().map(T::draft_to_json).collect()
    }
    fn zero_json() -> Value {
        Value::Null
    }
    fn from_json(value: &Value, path: &mut JsonPath) -> Result<Option<Self::Draft>, DecodeError> {
        let items = match value {
            Value::Null => return Ok(None),
            Value::Array(items) => items,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                return Err(path.wrong_type("a list", value));
            }
        };
        let mut drafts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let draft = path.step(format!("[{index}]"), |path| T::from_json(item, path))?;
            drafts.extend(draft.or_else(|| T::default().draft()));
        }
        Ok(Some(drafts))
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    type Draft = BTreeMap<String, T::Draft>;
    const KIND: Kind = match T::KIND {
        Kind::Document(fields) => Kind::NamedDocuments(fields),
        Kind::Scalar | Kind::List | Kind::Map | Kind::Documents(_) | Kind::NamedDocuments(_) => Kind::Map,
    };
    const LEAF: Leaf = T::LEAF;
    fn resolve(draft: Option<Self::Draft>) -> Self {
        draft.unwrap_or_default().into_iter().map(|(key, item)| (key, T::resolve(Some(item)))).collect()
    }
    fn draft(&self) -> Option<Self::Draft> {
        if self.is_empty() {
            return None;
        }
        Some(self.iter().filter_map(|(key, item)| Some((key.clone(), item.draft()?))).collect())
    }
    fn to_json(&self) -> Value {
        if self.is_empty() {
            return Value::Null;
        }
        Value::Object(self.iter().map(|(key, item)| (key.clone(), item.to_json())).collect())
    }
    fn draft_to_json(draft: &Self::Draft) -> Value {
        Value::Object(draft.iter().map(|(key, item)| (key.clone(), T::draft_to_json(item))).collect())
    }
    fn zero_json() -> Value {
        Value::Null
    }
    fn from_json(value: &Value, path: &mut JsonPath) -> Result<Option<Self::Draft>, DecodeError> {
        let entries = match value {
            Value::Null => return Ok(None),
            Value::Object(entries) => entries,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(path.wrong_type("an object", value));
            }
        };
        let mut drafts = BTreeMap::new();
        for (key, item) in entries {
            let draft = path.step(key.clone(), |path| T::from_json(item, path))?;
            if let Some(draft) = draft.or_else(|| T::default().draft()) {
                drafts.insert(key.clone(), draft);
            }
        }
        Ok(Some(drafts))
    }
}
