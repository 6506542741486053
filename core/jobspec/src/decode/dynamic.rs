//! Expands `dynamic` blocks.
//!
//! Limits: each block made counts against the budget, as written ones do.

use std::rc::Rc;

use super::instance::{BlockRef, Instance};
use super::reader::Reader;
use crate::diagnostic::{Diagnostic, Failed};
use crate::evaluate::{Scope, entries_of};
use crate::syntax::{Attribute, Block, Expr, ExprKind, Label, json_blocks};
use crate::values::Value;

impl Reader<'_> {
    /// Adds the blocks that a dynamic block stands for.
    pub(super) fn expand<'b>(&self, dynamic: &Block, labels: usize, found: &mut Vec<Instance<'b>>) {
        // Findings are in the report; a dynamic block that failed makes no blocks.
        self.try_expand(dynamic, labels, found).ok();
    }

    fn try_expand<'b>(
        &self,
        dynamic: &Block,
        labels: usize,
        found: &mut Vec<Instance<'b>>,
    ) -> Result<(), Failed> {
        let report = self.decoder.report;
        let has_content = dynamic.body.blocks.iter().any(|block| block.kind.as_ref() == "content")
            || (dynamic.body.is_json() && attribute(dynamic, "content").is_some());
        if !has_content {
            return Err(self.no_content(dynamic));
        }
        let Some(for_each) = attribute(dynamic, "for_each") else {
            let detail = "The argument \"for_each\" is required, but no definition was found.";
            let place = dynamic.body.open.before();
            return Err(report.fail(Diagnostic::error(place, "Missing required argument", detail)));
        };
        let known = ["for_each", "iterator", "labels", "content"];
        for other in dynamic.body.attributes.iter().filter(|other| !known.contains(&other.name.as_ref())) {
            let detail = format!("An argument named \"{}\" is not expected here.", other.name);
            report.add(Diagnostic::error(other.name_span, "Unsupported argument", detail));
        }
        let kind = dynamic.labels.first().map_or_else(|| Rc::from(""), |label| label.text.clone());
        let iterator = self.iterator(dynamic)?.unwrap_or_else(|| kind.clone());
        let collection = self.decoder.evaluator.value(&for_each.expr, &self.scope)?;
        let Some(entries) = entries_of(&collection) else {
            let word = collection.kind_word();
            let detail = if collection == Value::Null {
                "Cannot use a null value in for_each.".to_owned()
            } else {
                format!("Cannot use a {word} value in for_each. An iterable collection is required.")
            };
            return Err(report.fail(Diagnostic::error(
                for_each.expr.start(),
                "Invalid dynamic for_each value",
                detail,
            )));
        };
        if entries.is_empty() {
            return Ok(());
        }
        let mut block = self.content(dynamic)?;
        block.kind = kind;
        block.kind_span = dynamic.labels.first().map_or(dynamic.kind_span, |label| label.span);
        let block = Rc::new(block);
        for (key, value) in entries {
            let each = Value::object([(Rc::from("key"), key), (Rc::from("value"), value)].into());
            let scope = self.scope.with(iterator.clone(), each);
            let labels = self.labels(dynamic, labels, &scope)?;
            self.decoder.evaluator.budget.block().map_err(|error| {
                report.fail(Diagnostic::error(dynamic.kind_span, "Job too large", format!("{error}.")))
            })?;
            found.push(Instance { block: BlockRef::Made(Rc::clone(&block)), labels, scope });
        }
        Ok(())
    }

    fn content(&self, dynamic: &Block) -> Result<Block, Failed> {
        let native = dynamic.body.blocks.iter().find(|block| block.kind.as_ref() == "content").cloned();
        let json = attribute(dynamic, "content").filter(|_| dynamic.body.is_json());
        let json = json.and_then(|attribute| json_blocks(attribute, 0, self.decoder.report).ok()?.pop());
        native.or(json).ok_or_else(|| self.no_content(dynamic))
    }

    fn no_content(&self, dynamic: &Block) -> Failed {
        let detail = "A dynamic block must have a nested block of type \"content\" to describe the body of each generated block.";
        let place = dynamic.body.open.before();
        self.decoder.report.fail(Diagnostic::error(place, "Missing dynamic content block", detail))
    }

    fn iterator(&self, dynamic: &Block) -> Result<Option<Rc<str>>, Failed> {
        let Some(attribute) = attribute(dynamic, "iterator") else { return Ok(None) };
        let quoted = match &attribute.expr {
            Expr { kind: ExprKind::String(text), .. } if dynamic.body.is_json() => Some(text),
            Expr { .. } => None,
        };
        let name = quoted.or_else(|| attribute.expr.bare_name());
        match name {
            Some(name) => Ok(Some(name.clone())),
            None => {
                let detail = "Dynamic iterator must be a single variable name.";
                let finding = Diagnostic::error(attribute.expr.span, "Invalid dynamic iterator name", detail);
                Err(self.decoder.report.fail(finding))
            }
        }
    }

    fn labels(&self, dynamic: &Block, wanted: usize, scope: &Scope) -> Result<Vec<Label>, Failed> {
        let Some(attribute) = attribute(dynamic, "labels") else { return Ok(Vec::new()) };
        let fail = |place: &Expr, summary: &str, detail: String| {
            self.decoder.report.fail(Diagnostic::error(place.start(), summary, detail))
        };
        let Value::Sequence(_, items) = self.decoder.evaluator.value(&attribute.expr, scope)? else {
            let detail = "The labels of a dynamic block are a list of strings.";
            return Err(fail(&attribute.expr, "Invalid dynamic block labels", detail.to_owned()));
        };
        if items.len() > wanted {
            let detail = format!("Only {wanted} labels are expected for these blocks.");
            return Err(fail(&attribute.expr, "Extraneous dynamic block label", detail));
        }
        let mut labels = Vec::new();
        for item in items.iter() {
            let Some(text) = item.to_text() else {
                let detail = format!("Cannot use a {} value as a dynamic block label.", item.kind_word());
                return Err(fail(&attribute.expr, "Invalid dynamic block label", detail));
            };
            labels.push(Label { text, span: attribute.expr.span });
        }
        Ok(labels)
    }
}

fn attribute<'b>(block: &'b Block, name: &str) -> Option<&'b Attribute> {
    block.body.attributes.iter().find(|attribute| attribute.name.as_ref() == name)
}
