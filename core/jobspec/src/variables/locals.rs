//! Evaluates `locals` blocks, each local after those that it refers to.
//!
//! Limits: a local that refers to itself, however far around, is an error; 1,000 references in a
//! chain are followed.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::evaluate::{Evaluator, Scope};
use crate::nearest::nearest_name;
use crate::span::Span;
use crate::syntax::{Attribute, Block, ExprKind, StepKind};

const LONGEST_CHAIN: usize = 1_000;

/// Evaluates all locals into the evaluator's environment.
pub(crate) fn resolve_locals(blocks: &[Block], evaluator: &Evaluator<'_>) {
    let mut definitions: BTreeMap<&str, &Attribute> = BTreeMap::new();
    for attribute in blocks.iter().flat_map(|block| &block.body.attributes) {
        if definitions.insert(&attribute.name, attribute).is_some() {
            let detail = format!("Duplicate {} local definition found.", attribute.name);
            evaluator.report.add(Diagnostic::error(attribute.name_span, "Duplicate local", detail));
        }
    }
    let mut resolver = Resolver { definitions: &definitions, evaluator, chain: Vec::new() };
    for name in definitions.keys() {
        resolver.resolve(name);
    }
}

struct Resolver<'a> {
    definitions: &'a BTreeMap<&'a str, &'a Attribute>,
    evaluator: &'a Evaluator<'a>,
    /// The locals being evaluated, outermost first.
    chain: Vec<&'a str>,
}

impl<'a> Resolver<'a> {
    fn resolve(&mut self, name: &'a str) {
        let environment = self.evaluator.environment;
        let done = environment.locals.borrow().contains_key(name) || environment.is_broken("local", name);
        let Some(attribute) = self.definitions.get(name).copied().filter(|_| !done) else { return };
        self.chain.push(name);
        let mut sound = true;
        for (needed, span) in references(attribute) {
            sound &= self.need(needed, span);
        }
        self.chain.pop();
        let value = if sound { self.evaluator.value(&attribute.expr, &Scope::default()).ok() } else { None };
        match value {
            Some(value) => {
                environment.locals.borrow_mut().insert(Rc::clone(&attribute.name), value);
            }
            None => environment.set_broken("local", name),
        }
    }

    /// Resolves a local that another one refers to; false when that cannot work.
    fn need(&mut self, name: &'a str, span: Span) -> bool {
        let detail = format!("This object does not have an attribute named \"{name}\".");
        let finding = Diagnostic::error(span, "Unsupported attribute", detail);
        if let Some(at) = self.chain.iter().position(|open| *open == name) {
            let around: Vec<String> =
                self.chain[at..].iter().chain([&name]).map(|name| format!("local.{name}")).collect();
            self.evaluator
                .report
                .add(finding.help(format!("these locals refer to each other: {}", around.join(" → "))));
            return false;
        }
        if !self.definitions.contains_key(name) {
            let nearest = nearest_name(name, self.definitions.keys().copied());
            self.evaluator.report.add(finding.nearest(nearest));
            return false;
        }
        if self.chain.len() >= LONGEST_CHAIN {
            self.evaluator.report.add(finding.help("the chain of locals is too long"));
            return false;
        }
        self.resolve(name);
        !self.evaluator.environment.is_broken("local", name)
    }
}

/// Returns the locals that an attribute refers to, with the place of `.name`.
fn references(attribute: &Attribute) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    attribute.expr.visit_references(&mut |reference| {
        if let ExprKind::Reference { root, steps, .. } = &reference.kind
            && root.as_ref() == "local"
            && let Some(step) = steps.first()
            && let StepKind::Attribute(name) = &step.kind
        {
            found.push((name.as_ref(), step.span));
        }
    });
    found
}
