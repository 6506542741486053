//! `yamldecode` and `yamlencode`.
//!
//! Limits: one document; an alias counts again against the budget each time, so that aliases of
//! aliases cannot grow without bound; nesting is bounded.

use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text};
use super::yaml_write::write_yaml;
use crate::values::{Number, Value};

pub(super) fn yamlencode(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let value = args.first().unwrap_or(&Value::Null);
    context.room_for(value)?;
    let text = write_yaml(value);
    context.room(text.len())?;
    Ok(Value::string(text))
}

pub(super) fn yamldecode(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let text = text(args, 0);
    context.room(text.len())?;
    let mut reader =
        YamlReader { parser: Parser::new_from_str(&text), anchors: BTreeMap::new(), context, depth: 0 };
    loop {
        let event = reader.next()?;
        if event == Event::StreamEnd {
            return Ok(Value::Null);
        }
        if !matches!(event, Event::StreamStart | Event::DocumentStart(_) | Event::Nothing) {
            let value = reader.value(event)?;
            reader.end()?;
            return Ok(value);
        }
    }
}

struct YamlReader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Value>,
    context: &'a FunctionContext<'a>,
    depth: usize,
}

impl<'a> YamlReader<'a> {
    fn next(&mut self) -> Result<Event<'a>, FunctionError> {
        match self.parser.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(FunctionError::failed(error)),
            None => Ok(Event::StreamEnd),
        }
    }

    /// Checks that nothing but the end follows.
    fn end(&mut self) -> Result<(), FunctionError> {
        loop {
            let event = self.next()?;
            if event == Event::StreamEnd {
                return Ok(());
            }
            if matches!(event, Event::DocumentStart(_)) {
                return Err(FunctionError::failed("the text holds more than one document"));
            }
        }
    }

    fn value(&mut self, event: Event<'a>) -> FunctionResult {
        if self.depth >= self.context.budget.limits().nesting {
            return Err(FunctionError::failed("the document is nested too deeply"));
        }
        self.depth += 1;
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.context.room(text.len())?;
                let core =
                    tag.as_ref().filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
                (scalar(&text, style, core), anchor)
            }
            Event::SequenceStart(anchor, _) => (self.sequence()?, anchor),
            Event::MappingStart(anchor, _) => (self.mapping()?, anchor),
            Event::Alias(id) => {
                let found = self.anchors.get(&id).cloned();
                let value = found.ok_or_else(|| FunctionError::failed("an alias refers to nothing"))?;
                self.context.room_for(&value)?;
                (value, 0)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => return Err(FunctionError::failed("unexpected end of the document")),
        };
        self.depth -= 1;
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn sequence(&mut self) -> FunctionResult {
        let mut items = Vec::new();
        loop {
            let event = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Value::tuple(items));
            }
            items.push(self.value(event)?);
        }
    }

    fn mapping(&mut self) -> FunctionResult {
        let mut entries: BTreeMap<Rc<str>, Value> = BTreeMap::new();
        let mut merged: Vec<Value> = Vec::new();
        loop {
            let event = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = self.value(event)?;
            let event = self.next()?;
            let value = self.value(event)?;
            match key.to_text() {
                Some(name) if name.as_ref() == "<<" => merged.push(value),
                Some(name) if entries.contains_key(&name) => {
                    return Err(FunctionError::failed(format!("the key \"{name}\" is given twice")));
                }
                Some(name) => {
                    entries.insert(name, value);
                }
                None => return Err(FunctionError::failed("only strings, numbers and booleans can be keys")),
            }
        }
        for value in merged {
            let Value::Mapping(_, base) = value else {
                return Err(FunctionError::failed("only a mapping can be merged with <<"));
            };
            for (name, value) in base.iter() {
                entries.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        Ok(Value::object(entries))
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&str>) -> Value {
    if style != ScalarStyle::Plain || tag == Some("str") {
        return Value::string(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let radix = |prefix: &str, radix: u32| {
        text.strip_prefix(prefix).and_then(|digits| i64::from_str_radix(digits, radix).ok())
    };
    if let Some(int) = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2)) {
        return Value::int(int);
    }
    let looks_numeric =
        text.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '-' | '+' | '.'));
    let number = if looks_numeric { Number::parse(text) } else { None };
    number.map_or_else(|| Value::string(text), Value::Number)
}
