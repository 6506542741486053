//! Cold documents: one declaration of a noun yields everything that is said about it.
//!
//! [`document!`](crate::document!) turns a list of fields into
//!
//! * the canonical struct (`Job`): every field set, what the state holds and the scheduler reads;
//! * its draft (`JobDraft`): every field optional, what job files and the API accept;
//! * JSON both ways in the shape of the HTTP API: `JobDraft::to_json` is what `/v1/jobs/parse` returns,
//!   `Job::to_json` what `/v1/job/:id` returns, `JobDraft::from_json` accepts either, with Go's
//!   case-insensitive field names (never applied to the keys of user maps such as `Env`);
//! * the table of fields ([`FieldDef`]) which diff, validation and documentation walk;
//! * the compact form for log and snapshots: serde, fields that hold their default left out.
//!
//! Limits: documents nest at most [`MAX_DEPTH`] deep and take at most [`MAX_DRAFT_BYTES`] when read; unknown keys are ignored, as the API does.

mod declare;
mod decode;
mod field;
mod scalar;

pub use declare::is_default;
pub use decode::{DecodeError, JsonPath, MAX_DEPTH, MAX_DRAFT_BYTES};
pub use field::{Document, Field, FieldDef, Form, Kind, Leaf, SECRET};
pub use scalar::{Any, GoMap};
