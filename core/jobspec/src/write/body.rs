//! The content of a block from its table of fields.
//!
//! Limits: attributes come first, then blocks, each in the order of the table. Indents are left to the layout.

use model::document::{FieldDef, Form, Kind, Leaf};
use serde_json::{Map, Value as Json};

use super::WriteError;
use super::duration::duration_text;
use super::names::{MapForm, hcl_name, is_filled_in, is_required, label_field, label_text, map_form};
use super::text::{heredoc, is_name, key, label, quoted};

/// Characters up to which a list stays in one line.
const LINE: usize = 80;

/// The text so far.
#[derive(Default)]
pub(super) struct BodyWriter {
    pub(super) text: String,
}

impl BodyWriter {
    /// Opens a block; blocks after something else stand apart from it.
    pub(super) fn open(&mut self, kind: &str, name: Option<&str>) {
        if !self.text.is_empty() && !self.text.ends_with("{\n") {
            self.text.push('\n');
        }
        self.text.push_str(kind);
        if let Some(name) = name {
            self.text.push_str(&format!(" {}", label(name)));
        }
        self.text.push_str(" {\n");
    }

    /// Closes a block; an empty one fits in its line.
    pub(super) fn close(&mut self) {
        if self.text.ends_with("{\n") {
            self.text.pop();
        }
        self.text.push_str("}\n");
    }

    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        self.text.push_str(&format!("{name} = {value}\n"));
    }

    /// Writes the fields of a document.
    pub(super) fn document(
        &mut self,
        block: &str,
        fields: &'static [FieldDef],
        object: &Json,
    ) -> Result<(), WriteError> {
        let named = fields.iter().filter_map(|field| Some((field, hcl_name(block, field)?)));
        let named: Vec<(&FieldDef, &str)> = named.collect();
        for (field, name) in &named {
            self.field_attribute(block, field, name, &object[field.go]);
        }
        for (field, name) in named {
            self.field_blocks(block, field, name, &object[field.go])?;
        }
        Ok(())
    }

    /// Writes a field that is an attribute, unless it says nothing.
    fn field_attribute(&mut self, block: &str, field: &FieldDef, name: &str, value: &Json) {
        let simple = match field.kind {
            Kind::Scalar => field.leaf != Leaf::Free,
            Kind::List => true,
            Kind::Map => match map_form(name) {
                MapForm::Attribute => true,
                MapForm::Either => value.as_object().is_some_and(|map| !map.keys().all(|key| is_name(key))),
                MapForm::Block => false,
            },
            Kind::Document(_) | Kind::Documents(_) | Kind::NamedDocuments(_) => false,
        };
        let says_nothing = value.is_null()
            || (field.draft == Form::Value && is_zero(value))
            || is_filled_in(block, name, value);
        if !simple || (says_nothing && !is_required(block, name)) {
            return;
        }
        match (value, field.leaf) {
            (Json::Number(nanos), Leaf::Duration) => {
                self.attribute(name, &quoted(&duration_text(nanos.as_i64().unwrap_or_default())));
            }
            (Json::String(text), _) => self.attribute(name, &heredoc(text).unwrap_or_else(|| quoted(text))),
            _ => self.attribute(name, &expression(value)),
        }
    }

    fn field_blocks(
        &mut self,
        block: &str,
        field: &FieldDef,
        name: &str,
        value: &Json,
    ) -> Result<(), WriteError> {
        match (field.kind, value) {
            (_, Json::Null) => Ok(()),
            (Kind::Document(fields), _) => self.nested(block, name, None, fields(), value),
            (Kind::Documents(fields), Json::Array(items)) => {
                items.iter().try_for_each(|item| self.nested(block, name, None, fields(), item))
            }
            (Kind::NamedDocuments(fields), Json::Object(entries)) => {
                entries.iter().try_for_each(|(key, item)| self.nested(block, name, Some(key), fields(), item))
            }
            (Kind::Scalar, Json::Object(object)) if field.leaf == Leaf::Free => self.free_form(name, object),
            (Kind::Map, Json::Object(map)) => self.map_block(name, map),
            _ => Ok(()),
        }
    }

    /// Writes a document as a block; its label is not repeated inside.
    fn nested(
        &mut self,
        parent: &str,
        name: &str,
        own_label: Option<&str>,
        fields: &'static [FieldDef],
        value: &Json,
    ) -> Result<(), WriteError> {
        let mut object = value.clone();
        let from = label_field(parent, name);
        let taken = from.and_then(|field| object.as_object_mut()?.insert(field.to_owned(), Json::Null));
        let text = own_label.or_else(|| taken.as_ref().and_then(Json::as_str));
        let text = text.map(|text| label_text(name, text)).or(from.map(|_| ""));
        self.open(name, text);
        self.document(name, fields, &object)?;
        self.close();
        Ok(())
    }

    /// Writes a map of strings, or of lists, as a block.
    fn map_block(&mut self, name: &str, map: &Map<String, Json>) -> Result<(), WriteError> {
        let unnamed = map.keys().find(|key| !is_name(key));
        match (map_form(name), unnamed) {
            (MapForm::Attribute, _) | (MapForm::Either, Some(_)) => return Ok(()),
            (MapForm::Block, Some(key)) => {
                return Err(WriteError::Key { key: key.clone(), block: name.to_owned() });
            }
            (MapForm::Block | MapForm::Either, None) => {}
        }
        self.open(name, None);
        for (key, value) in map {
            self.attribute(key, &expression(value));
        }
        self.close();
        Ok(())
    }
}

/// Returns a value as an expression.
pub(super) fn expression(value: &Json) -> String {
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(expression).collect();
            let width: usize = items.iter().map(|item| item.len() + 2).sum();
            if width > LINE && items.len() > 1 {
                format!("[\n{},\n]", items.join(",\n"))
            } else {
                format!("[{}]", items.join(", "))
            }
        }
        Json::Object(map) if map.is_empty() => "{}".to_owned(),
        Json::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(name, value)| format!("{} = {}\n", key(name), expression(value))).collect();
            format!("{{\n{}}}", entries.concat())
        }
    }
}

fn is_zero(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(flag) => !flag,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(_) | Json::Object(_) => false,
    }
}
