//! Lists.

use std::sync::Arc;

use gotmpl::{TemplateError, Value};

use super::arguments::text_of;
use super::{Arguments, Function};

/// Longest list that a function makes.
const MAX_ITEMS: usize = 1_000_000;

type Answer = Result<Value, TemplateError>;

pub(super) const FUNCTIONS: [(&str, Function); 22] = [
    ("list", |of| Ok(Value::List(of.values.into()))),
    ("tuple", |of| Ok(Value::List(of.values.into()))),
    ("join", |of| of.answer(texts(of, 1)?.join(&of.text(0)?))),
    ("splitList", |of| Ok(Value::List(parts(of)?.into_iter().map(text).collect()))),
    ("split", |of| {
        let named = parts(of)?.into_iter().enumerate();
        Ok(Value::Map(Arc::new(named.map(|(at, part)| (format!("_{at}").into(), text(part))).collect())))
    }),
    ("first", |of| Ok(of.list(0)?.first().cloned().unwrap_or(Value::Nil))),
    ("last", |of| Ok(of.list(0)?.last().cloned().unwrap_or(Value::Nil))),
    ("rest", |of| Ok(Value::List(of.list(0)?.get(1..).unwrap_or_default().into()))),
    ("initial", |of| {
        let items = of.list(0)?;
        Ok(Value::List(items[..items.len().saturating_sub(1)].into()))
    }),
    ("reverse", |of| Ok(Value::List(of.list(0)?.iter().rev().cloned().collect()))),
    ("uniq", |of| {
        let mut seen: Vec<String> = Vec::new();
        let mut is_new = |item: &&Value| {
            let shown = format!("{item:?}");
            let new = !seen.contains(&shown);
            seen.push(shown);
            new
        };
        Ok(Value::List(of.list(0)?.iter().filter(|item| is_new(item)).cloned().collect()))
    }),
    ("sortAlpha", |of| {
        let mut sorted = texts(of, 0)?;
        sorted.sort();
        Ok(Value::List(sorted.into_iter().map(text).collect()))
    }),
    ("has", |of| Ok(Value::Bool(of.list(1)?.iter().any(|item| same(item, &of.values[0]))))),
    ("without", |of| {
        let kept = of.list(0)?.iter().filter(|item| !of.rest(1).iter().any(|other| same(item, other)));
        Ok(Value::List(kept.cloned().collect()))
    }),
    ("compact", |of| Ok(Value::List(of.list(0)?.iter().filter(|item| item.is_truthy()).cloned().collect()))),
    ("append", |of| Ok(Value::List(of.list(0)?.iter().chain([of.value(1)?]).cloned().collect()))),
    ("prepend", |of| Ok(Value::List([of.value(1)?].into_iter().chain(of.list(0)?).cloned().collect()))),
    ("concat", |of| {
        let mut all = Vec::new();
        for at in 0..of.values.len() {
            all.extend_from_slice(of.list(at)?);
        }
        Ok(Value::List(all.into()))
    }),
    ("slice", |of| {
        let items = of.list(0)?;
        let place = |at: usize, otherwise: usize| match of.values.get(at) {
            Some(_) => Ok(usize::try_from(of.int(at)?).unwrap_or(0).min(items.len())),
            None => Ok::<usize, TemplateError>(otherwise),
        };
        Ok(Value::List(items.get(place(1, 0)?..place(2, items.len())?).unwrap_or_default().into()))
    }),
    ("until", |of| numbers(of, 0, of.int(0)?)),
    ("untilStep", |of| {
        let (start, end, step) = (of.int(0)?, of.int(1)?, of.int(2)?);
        if step <= 0 {
            return Err(of.failed("the step must be above 0"));
        }
        Ok(Value::List(
            (start..end)
                .step_by(usize::try_from(step).unwrap_or(1))
                .take(MAX_ITEMS)
                .map(Value::Int)
                .collect(),
        ))
    }),
    ("seq", |of| {
        let (start, end) = if of.values.len() > 1 { (of.int(0)?, of.int(1)?) } else { (1, of.int(0)?) };
        let Value::List(items) = numbers(of, start, end + 1)? else { return Ok(Value::Nil) };
        of.answer(items.iter().map(text_of).collect::<Vec<_>>().join(" "))
    }),
];

fn text(text: String) -> Value {
    Value::String(text.into())
}

fn parts(of: &Arguments<'_>) -> Result<Vec<String>, TemplateError> {
    Ok(of.text(1)?.split(&of.text(0)?).map(str::to_owned).collect())
}

/// The items of a list as texts; one value counts as a list of one.
fn texts(of: &Arguments<'_>, at: usize) -> Result<Vec<String>, TemplateError> {
    match of.value(at)? {
        Value::List(items) => {
            Ok(items.iter().filter(|item| !matches!(item, Value::Nil)).map(text_of).collect())
        }
        Value::Nil => Ok(Vec::new()),
        other => Ok(vec![text_of(other)]),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    format!("{a:?}") == format!("{b:?}")
}

fn numbers(of: &Arguments<'_>, start: i64, end: i64) -> Answer {
    let count = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
    if count > MAX_ITEMS {
        return Err(of.failed(format!("a list of {count} numbers; at most {MAX_ITEMS} are made")));
    }
    Ok(Value::List((start..end).map(Value::Int).collect()))
}
