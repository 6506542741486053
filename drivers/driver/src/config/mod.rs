//! Strict decoding of a task's `config` block by a table of fields.
//!
//! Every mistake is reported at once, each with its place (`config.args[2]`) and, for an unknown key, the nearest
//! known one. Values convert as HCL converts them: a number or boolean to text, text that reads as one back.

mod decode;
mod duration;
mod error;
mod field;
mod nearest;

pub use decode::{Decoded, decode};
pub use error::{ConfigError, ConfigErrors};
pub use field::{Field, Kind};
