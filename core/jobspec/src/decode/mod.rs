//! Blocks to drafts: `reader.rs` and its parts read one block, the other files say what each block has.
//!
//! The functions that fill a draft *are* the schema: what they ask the reader for is known, everything
//! else in the block is reported. Limits: checks types, names and counts; whether values make sense
//! together is the model's validation.

mod connect;
mod constraint;
mod dynamic;
mod field;
mod file;
mod free_form;
mod gateway;
mod group;
mod identity;
mod instance;
mod job;
mod network;
mod policy;
mod reader;
mod resources;
mod service;
mod string_map;
mod sugar;
mod task;
mod template;
mod unknown;
mod volume;

pub(crate) use file::{FileBlocks, split_file};
pub(crate) use instance::{BlockRef, Decoder, Instance};
pub(crate) use job::job;
