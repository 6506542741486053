//! Single values of a block: strings, numbers, booleans, durations and lists of strings.
//!
//! Limits: null counts as not given, except for durations, which refuse it.

use model::Nanos;

use super::reader::Reader;
use crate::diagnostic::Diagnostic;
use crate::duration::parse_duration;
use crate::span::Span;
use crate::syntax::Attribute;
use crate::values::{Kind, Value, convert};

impl Reader<'_> {
    /// Returns the value of an attribute in that type; `None` when absent, null or reported.
    pub(super) fn value(&mut self, name: &'static str, kind: &Kind) -> Option<(Value, Span)> {
        let attribute = self.attribute(name)?;
        self.evaluated(attribute, kind)
    }

    pub(super) fn evaluated(&self, attribute: &Attribute, kind: &Kind) -> Option<(Value, Span)> {
        let place = attribute.expr.start();
        let value = self.decoder.evaluator.value(&attribute.expr, &self.scope).ok()?;
        self.decoder.evaluator.copy(&value, place).ok()?;
        match convert(&value, kind) {
            Ok(Value::Null) => None,
            Ok(value) => Some((value, place)),
            Err(error) => {
                self.unsuitable(place, "Unsuitable value type", &format!("Unsuitable value: {error}"), kind);
                None
            }
        }
    }

    fn unsuitable(&self, place: Span, summary: &str, detail: &str, kind: &Kind) {
        let finding = Diagnostic::error(place, summary, detail).label(format!("expected {}", article(kind)));
        self.decoder.report.add(finding);
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        let (value, _) = self.value(name, &Kind::String)?;
        value.to_text().map(|text| text.to_string())
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.value(name, &Kind::Bool)? {
            (Value::Bool(flag), _) => Some(flag),
            _ => None,
        }
    }

    /// Returns a whole number that fits in `T`.
    pub(super) fn number<T: TryFrom<i64>>(&mut self, name: &'static str) -> Option<T> {
        let (Value::Number(number), place) = self.value(name, &Kind::Number)? else { return None };
        let problem = match number.to_i64() {
            Some(int) => match T::try_from(int) {
                Ok(fitting) => return Some(fitting),
                Err(_) => "Unsuitable value: value is out of range",
            },
            None if number.is_whole() => "Unsuitable value: value is out of range",
            None => "Unsuitable value: value must be a whole number",
        };
        self.unsuitable(place, "Unsuitable value type", problem, &Kind::Number);
        None
    }

    pub(super) fn texts(&mut self, name: &'static str) -> Option<Vec<String>> {
        let (Value::Sequence(_, items), place) = self.value(name, &Kind::list(Kind::String))? else {
            return None;
        };
        if items.contains(&Value::Null) {
            self.null(place);
            return None;
        }
        Some(items.iter().filter_map(Value::to_text).map(|text| text.to_string()).collect())
    }

    /// Returns a list of whole numbers that fit in `T`.
    pub(super) fn numbers<T: TryFrom<i64>>(&mut self, name: &'static str) -> Option<Vec<T>> {
        let (Value::Sequence(_, items), place) = self.value(name, &Kind::list(Kind::Number))? else {
            return None;
        };
        let whole = |item: &Value| {
            let Value::Number(number) = item else { return None };
            number.to_i64().and_then(|int| T::try_from(int).ok())
        };
        let numbers: Option<Vec<T>> = items.iter().map(whole).collect();
        if numbers.is_none() {
            let problem = "Unsuitable value: each value must be a whole number in range";
            self.unsuitable(place, "Unsuitable value type", problem, &Kind::list(Kind::Number));
        }
        numbers
    }

    /// Accepts an attribute that has no effect; its expression is evaluated for its mistakes.
    pub(super) fn ignored(&mut self, name: &'static str) {
        let Some(attribute) = self.attribute(name) else { return };
        if self.decoder.evaluator.value(&attribute.expr, &self.scope).is_ok() {
            let detail = format!("\"{name}\" has no effect as an argument here.");
            let finding = Diagnostic::error(attribute.name_span, "Argument without effect", detail).warning();
            self.decoder
                .report
                .add(finding.help(format!("write `operator = \"{name}\"`, and `value` where it needs one")));
        }
    }

    pub(super) fn null(&self, place: Span) {
        let detail = "Unsuitable value: null value is not allowed";
        self.decoder.report.add(Diagnostic::error(place, "Unsuitable value type", detail));
    }

    /// Returns a duration: a string such as `1h30m`, or a number of nanoseconds.
    pub(super) fn duration(&mut self, name: &'static str) -> Option<Nanos> {
        let attribute = self.attribute(name)?;
        let place = attribute.expr.start();
        let value = self.decoder.evaluator.value(&attribute.expr, &self.scope).ok()?;
        let problem = match &value {
            Value::Null => {
                let detail = "Unsuitable duration value: nil";
                let finding =
                    Diagnostic::error(place, "Unsuitable value", detail).help("remove it to get the default");
                self.decoder.report.add(finding);
                return None;
            }
            Value::String(text) => match parse_duration(text) {
                Ok(nanos) => return Some(Nanos(nanos)),
                Err(error) => error.to_string(),
            },
            Value::Number(number) => match number.to_i64() {
                Some(nanos) => return Some(Nanos(nanos)),
                None => "a whole number of nanoseconds is required".to_owned(),
            },
            Value::Bool(_) | Value::Sequence(..) | Value::Mapping(..) => {
                format!("string or number required, but have {}", value.kind_word())
            }
        };
        let detail = format!("Unsuitable duration value: {problem}");
        let finding = Diagnostic::error(place, "Unsuitable value type", detail)
            .help("a duration is a number and a unit, such as \"30s\", \"5m\" or \"1h30m\"");
        self.decoder.report.add(finding);
        None
    }
}

fn article(kind: &Kind) -> String {
    match kind {
        Kind::List(_)
        | Kind::Set(_)
        | Kind::Map(_)
        | Kind::String
        | Kind::Number
        | Kind::Bool
        | Kind::Tuple(_) => {
            format!("a {kind}")
        }
        Kind::Object(_) => format!("an {kind}"),
        Kind::Any => kind.to_string(),
    }
}
