//! Finds the value of every variable: default, then environment, then files, then flags.
//!
//! Limits: raw texts and files hold constants; they refer to nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Failed};
use crate::evaluate::{Evaluator, Scope};
use crate::nearest::nearest_name;
use crate::source::SourceMap;
use crate::span::{FileId, Span};
use crate::syntax::{Attribute, Body, Expr, read_expression};
use crate::values::{Kind, Value, convert};

use super::declare::{Declaration, forbid_references};
use super::inputs::{Given, Inputs};

/// The value of a variable and where it was given.
pub(crate) struct Assignment {
    pub(crate) value: Value,
    pub(crate) span: Span,
    /// Where the value comes from, as diagnostics name it.
    pub(crate) origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    Environment,
    File,
    Flag,
}

/// The texts that values are read from, already in the source map.
pub(crate) struct InputTexts<'a> {
    pub(crate) sources: &'a SourceMap,
    pub(crate) inputs: &'a Inputs,
    /// The body of each variables file.
    pub(crate) files: &'a [Body],
    /// A text for each environment variable, then for each flag.
    pub(crate) raw: &'a [FileId],
}

/// The values found.
pub(crate) struct Assignments {
    pub(crate) values: BTreeMap<Rc<str>, Assignment>,
    /// Variables that were given a value which does not fit; they are not unset.
    pub(crate) refused: BTreeSet<Rc<str>>,
    /// What flags and the environment gave.
    pub(crate) given: Given,
}

/// Returns the value of every variable that has one.
pub(crate) fn assign_variables(
    declared: &BTreeMap<Rc<str>, Declaration>,
    texts: &InputTexts<'_>,
    evaluator: &Evaluator<'_>,
) -> Assignments {
    let found = Assignments { values: BTreeMap::new(), refused: BTreeSet::new(), given: Given::default() };
    let mut assigner = Assigner { declared, texts, evaluator, found };
    assigner.defaults();
    let (environment, flags) = (&texts.inputs.env_vars, &texts.inputs.vars);
    for ((name, _), file) in environment.iter().zip(texts.raw) {
        assigner.raw(name, *file, Origin::Environment);
    }
    for body in texts.files {
        assigner.file(body);
    }
    for ((name, _), file) in flags.iter().zip(texts.raw.iter().skip(environment.len())) {
        if !assigner.raw(name, *file, Origin::Flag) {
            let detail = format!(
                "A \"{name}\" variable was passed in the command line but was not found in known variables. To declare variable \"{name}\", place this block in your job file"
            );
            let nearest = nearest_name(name, declared.keys().map(AsRef::as_ref));
            let finding = Diagnostic::global("Undefined -var variable", detail);
            let finding = finding.help(format!("variable \"{name}\" {{}}")).nearest(nearest);
            evaluator.report.add(finding);
        }
    }
    assigner.found
}

struct Assigner<'a> {
    declared: &'a BTreeMap<Rc<str>, Declaration>,
    texts: &'a InputTexts<'a>,
    evaluator: &'a Evaluator<'a>,
    found: Assignments,
}

impl Assigner<'_> {
    fn defaults(&mut self) {
        for (name, declaration) in self.declared {
            if let Some((value, span)) = &declaration.default {
                let value = Assignment { value: value.clone(), span: *span, origin: Origin::Default };
                self.found.values.insert(name.clone(), value);
            }
        }
    }

    /// Assigns a raw text; false when no variable has that name.
    fn raw(&mut self, name: &str, file: FileId, origin: Origin) -> bool {
        let Some((name, declaration)) = self.declared.get_key_value(name) else { return false };
        let text = self.texts.sources.text(file);
        let span = Span::new(file, 0..text.len());
        let inferred = declaration.default.as_ref().map(|(value, _)| value.kind());
        let kind = declaration.kind.clone().or(inferred);
        let literal = matches!(kind, None | Some(Kind::Any | Kind::String | Kind::Number));
        let given = &mut self.found.given;
        let simple = literal || kind.as_ref().is_some_and(Kind::is_primitive);
        let kept = if simple { &mut given.simple } else { &mut given.complex };
        kept.insert(name.to_string(), text.to_owned());
        let value = if literal {
            Ok(Value::string(text))
        } else {
            read_expression(self.texts.sources, file, self.evaluator.budget, self.evaluator.report)
                .and_then(|expr| self.constant(&expr))
        };
        self.assign(name, declaration, value, span, origin);
        true
    }

    fn file(&mut self, body: &Body) {
        let report = self.evaluator.report;
        for block in &body.blocks {
            let (summary, detail) = if block.kind.as_ref() == "variable" {
                let detail = "A variables file gives values to variables and cannot declare them; put the variable block into the job file.";
                ("Variable declaration in a .var file", detail.to_owned())
            } else {
                ("Unexpected block", format!("Blocks such as \"{}\" are not allowed here.", block.kind))
            };
            report.add(Diagnostic::error(block.header, summary, detail));
        }
        for attribute in &body.attributes {
            let Some((name, declaration)) = self.declared.get_key_value(&attribute.name) else {
                report.add(undefined(attribute, self.declared, self.texts.inputs.strict));
                continue;
            };
            let value = self.constant(&attribute.expr);
            self.assign(name, declaration, value, attribute.expr.span_with_quotes(), Origin::File);
        }
    }

    fn assign(
        &mut self,
        name: &Rc<str>,
        declaration: &Declaration,
        value: Result<Value, Failed>,
        span: Span,
        origin: Origin,
    ) {
        match value.and_then(|value| self.fitting(name, declaration, &value, span)) {
            Ok(value) => {
                self.found.values.insert(name.clone(), Assignment { value, span, origin });
            }
            Err(Failed) => {
                self.found.refused.insert(name.clone());
            }
        }
    }

    fn constant(&self, expr: &Expr) -> Result<Value, Failed> {
        forbid_references(expr, self.evaluator.report)?;
        self.evaluator.value(expr, &Scope::default())
    }

    fn fitting(
        &self,
        name: &str,
        declaration: &Declaration,
        value: &Value,
        span: Span,
    ) -> Result<Value, Failed> {
        let inferred = declaration.default.as_ref().map(|(value, _)| value.kind()).filter(Kind::is_primitive);
        let Some(kind) = declaration.kind.clone().or(inferred) else { return Ok(value.clone()) };
        self.evaluator.copy(value, span)?;
        convert(value, &kind).map_err(|error| {
            let detail = format!(
                "The value for {name} is not compatible with the variable's type constraint: {error}."
            );
            let finding = Diagnostic::error(span, "Invalid value for variable", detail);
            self.evaluator.report.fail(finding.help(format!("the variable has the type {kind}")))
        })
    }
}

fn undefined(attribute: &Attribute, declared: &BTreeMap<Rc<str>, Declaration>, strict: bool) -> Diagnostic {
    let name = &attribute.name;
    let detail = format!(
        "A \"{name}\" variable was set but was not found in known variables. To declare variable \"{name}\", place a variable block in the job file."
    );
    let nearest = nearest_name(name, declared.keys().map(AsRef::as_ref));
    let finding = Diagnostic::error(attribute.span, "Undefined variable", detail).nearest(nearest);
    if strict { finding } else { finding.warning() }
}
