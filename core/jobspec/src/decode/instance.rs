//! One block to decode, after dynamic blocks were expanded.
//!
//! Limits: plain data and the way to a reader.

use std::ops::Deref;
use std::rc::Rc;

use super::reader::Reader;
use crate::diagnostic::Report;
use crate::evaluate::{Evaluator, Scope};
use crate::source::SourceMap;
use crate::syntax::{Block, Body, Label};

/// What all readers of one parse share.
#[derive(Clone, Copy)]
pub(crate) struct Decoder<'a> {
    pub(crate) evaluator: Evaluator<'a>,
    pub(crate) report: &'a Report,
    pub(crate) sources: &'a SourceMap,
}

/// A block of the file, or one that was made from it and that many instances may share.
#[derive(Clone)]
pub(crate) enum BlockRef<'a> {
    /// As it is written.
    Written(&'a Block),
    /// The content of a dynamic block, or a block that was read from an attribute of the JSON form.
    Made(Rc<Block>),
}

impl Deref for BlockRef<'_> {
    type Target = Block;
    fn deref(&self) -> &Block {
        match self {
            BlockRef::Written(block) => block,
            BlockRef::Made(block) => block,
        }
    }
}

/// A block, or one that a dynamic block made, with the names that its expressions may use.
#[derive(Clone)]
pub(crate) struct Instance<'a> {
    pub(crate) block: BlockRef<'a>,
    pub(crate) labels: Vec<Label>,
    pub(crate) scope: Scope,
}

impl<'a> Instance<'a> {
    /// Returns a block as it is written.
    pub(crate) fn plain(block: BlockRef<'a>, scope: Scope) -> Instance<'a> {
        Instance { labels: block.labels.clone(), block, scope }
    }

    pub(super) fn body(&self) -> &Body {
        &self.block.body
    }

    pub(crate) fn reader<'b>(&'b self, decoder: &Decoder<'b>) -> Reader<'b> {
        Reader::new(self.body(), self.scope.clone(), *decoder)
    }

    /// Returns the text of the first label; empty when it is missing, which is reported elsewhere.
    pub(crate) fn label(&self) -> &str {
        self.labels.first().map_or("", |label| &label.text)
    }
}
