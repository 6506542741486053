//! Values of the expression language: numbers of 512 bits, strings, collections; their types and conversions.
//!
//! `number.rs` and `big_float.rs` count, `kind.rs` describes types, `convert.rs` changes one type
//! into another, `shared.rs` knows how much a collection stands for. Limits: values are immutable and shared by reference count within one thread.

mod big_float;
mod convert;
mod datum;
mod kind;
mod number;
mod shared;

pub(crate) use convert::{convert, unify};
pub(crate) use datum::{MappingKind, SequenceKind, Value};
pub(crate) use kind::{Kind, ObjectAttribute};
pub(crate) use number::Number;
