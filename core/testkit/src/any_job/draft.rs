//! Documents from the table of fields.

use model::document::{Document, FieldDef, Kind};
use model::{Job, JobDraft};
use serde_json::{Map, Value as Json};

use super::hcl_form::hcl_form;
use super::scalar::{Keys, keys, scalar};
use super::seed::Seed;

/// Deeper blocks are empty; the deepest that a job has is 10.
const DEEPEST: usize = 12;

/// A draft with anything in it that the API's JSON can hold.
///
/// # Panics
/// If the model does not read JSON of its own tables: a bug.
#[must_use]
pub fn any_draft(seed: &mut Seed) -> JobDraft {
    JobDraft::from_json(&document(seed, Job::fields(), 0)).expect("JSON of the model's own tables is read")
}

/// A draft that a job file can say.
///
/// # Panics
/// As [`any_draft`].
#[must_use]
pub fn hcl_draft(seed: &mut Seed) -> JobDraft {
    let job = document(seed, Job::fields(), 0);
    JobDraft::from_json(&hcl_form(&job)).expect("JSON of the model's own tables is read")
}

/// An object with some of the fields; blocks are rarer than other fields, or jobs would be huge.
fn document(seed: &mut Seed, fields: &[FieldDef], depth: usize) -> Json {
    let object: Map<String, Json> = fields
        .iter()
        .filter_map(|field| {
            let rare = match field.kind {
                Kind::Scalar | Kind::List | Kind::Map => 2,
                Kind::Document(_) | Kind::Documents(_) | Kind::NamedDocuments(_) => 3,
            };
            let spine = matches!(field.name, "task_groups" | "tasks");
            (spine || seed.once_in(rare)).then(|| (field.go.to_owned(), value(seed, field, depth)))
        })
        .collect();
    Json::Object(object)
}

fn value(seed: &mut Seed, field: &FieldDef, depth: usize) -> Json {
    let inner = |seed: &mut Seed, fields: fn() -> &'static [FieldDef]| {
        let fields = if depth < DEEPEST { fields() } else { &[] };
        document(seed, fields, depth + 1)
    };
    match field.kind {
        Kind::Scalar => scalar(seed, field.leaf),
        Kind::List => (0..seed.below(4)).map(|_| scalar(seed, field.leaf)).collect(),
        Kind::Map => {
            let lists = field.name == "header";
            let entries = keys(seed, if lists { Keys::Names } else { Keys::Any }).into_iter();
            let entry = |key| {
                let one = scalar(seed, field.leaf);
                (key, if lists { Json::Array(vec![one]) } else { one })
            };
            Json::Object(entries.map(entry).collect())
        }
        Kind::Document(fields) => inner(seed, fields),
        Kind::Documents(fields) => (0..1 + seed.below(2)).map(|_| inner(seed, fields)).collect(),
        Kind::NamedDocuments(fields) => {
            let names = keys(seed, Keys::Any);
            let entries = names.into_iter().map(|name| {
                let mut entry = inner(seed, fields);
                entry["Name"] = Json::from(name.clone());
                (name, entry)
            });
            Json::Object(entries.collect())
        }
    }
}
