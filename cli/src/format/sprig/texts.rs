//! Texts.

use gotmpl::{TemplateError, Value};
use regex::Regex;

use super::{Arguments, Function};

type Answer = Result<Value, TemplateError>;

pub(super) const FUNCTIONS: [(&str, Function); 34] = [
    ("upper", |of| of.answer(of.text(0)?.to_uppercase())),
    ("lower", |of| of.answer(of.text(0)?.to_lowercase())),
    ("title", |of| of.answer(title(&of.text(0)?))),
    ("untitle", |of| of.answer(untitle(&of.text(0)?))),
    ("trim", |of| of.answer(of.text(0)?.trim().to_owned())),
    ("trimAll", |of| of.answer(of.text(1)?.trim_matches(|c| set(of).contains(c)).to_owned())),
    ("trimPrefix", |of| {
        let (prefix, text) = (of.text(0)?, of.text(1)?);
        of.answer(text.strip_prefix(&prefix).unwrap_or(&text).to_owned())
    }),
    ("trimSuffix", |of| {
        let (suffix, text) = (of.text(0)?, of.text(1)?);
        of.answer(text.strip_suffix(&suffix).unwrap_or(&text).to_owned())
    }),
    ("replace", |of| of.answer(of.text(2)?.replace(&of.text(0)?, &of.text(1)?))),
    ("contains", |of| Ok(Value::Bool(of.text(1)?.contains(&of.text(0)?)))),
    ("hasPrefix", |of| Ok(Value::Bool(of.text(1)?.starts_with(&of.text(0)?)))),
    ("hasSuffix", |of| Ok(Value::Bool(of.text(1)?.ends_with(&of.text(0)?)))),
    ("quote", |of| of.answer(each(of, |text| format!("{text:?}")))),
    ("squote", |of| of.answer(each(of, |text| format!("'{text}'")))),
    ("repeat", repeat),
    ("substr", substr),
    ("trunc", trunc),
    ("abbrev", abbrev),
    ("cat", |of| of.answer(each(of, str::to_owned))),
    ("indent", |of| of.answer(indent(of)?)),
    ("nindent", |of| of.answer(format!("\n{}", indent(of)?))),
    ("nospace", |of| of.answer(of.text(0)?.split_whitespace().collect())),
    ("initials", |of| {
        of.answer(of.text(0)?.split_whitespace().filter_map(|word| word.chars().next()).collect())
    }),
    ("snakecase", |of| of.answer(words(&of.text(0)?).join("_"))),
    ("kebabcase", |of| of.answer(words(&of.text(0)?).join("-"))),
    ("camelcase", |of| of.answer(words(&of.text(0)?).iter().map(|word| title(word)).collect())),
    ("plural", |of| of.answer(of.text(usize::from(of.int(2)? != 1))?)),
    ("wrap", wrap),
    ("regexMatch", |of| Ok(Value::Bool(regex(of)?.is_match(&of.text(1)?)))),
    ("regexFind", |of| {
        let text = of.text(1)?;
        of.answer(regex(of)?.find(&text).map_or(String::new(), |found| found.as_str().to_owned()))
    }),
    ("regexFindAll", |of| {
        let (text, most) = (of.text(1)?, usize::try_from(of.int(2)?).unwrap_or(usize::MAX));
        let found = regex(of)?;
        Ok(Value::List(
            found.find_iter(&text).take(most).map(|part| Value::String(part.as_str().into())).collect(),
        ))
    }),
    ("regexReplaceAll", |of| {
        of.answer(regex(of)?.replace_all(&of.text(1)?, of.text(2)?.as_str()).into_owned())
    }),
    ("regexSplit", |of| {
        let text = of.text(1)?;
        Ok(Value::List(regex(of)?.split(&text).map(|part| Value::String(part.into())).collect()))
    }),
    ("fail", |of| Err(TemplateError::Exec(of.text(0)?))),
];

fn regex(of: &Arguments<'_>) -> Result<Regex, TemplateError> {
    Regex::new(&of.text(0)?).map_err(|error| of.failed(error))
}

fn set(of: &Arguments<'_>) -> String {
    of.text(0).unwrap_or_default()
}

fn each(of: &Arguments<'_>, write: impl Fn(&str) -> String) -> String {
    let given = of.values.iter().filter(|value| !matches!(value, Value::Nil));
    given.map(|value| write(&super::arguments::text_of(value))).collect::<Vec<_>>().join(" ")
}

fn title(text: &str) -> String {
    let mut start = true;
    let mut out = String::new();
    for letter in text.chars() {
        if start {
            out.extend(letter.to_uppercase());
        } else {
            out.push(letter);
        }
        start = letter.is_whitespace();
    }
    out
}

fn untitle(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

/// Splits at spaces, dashes, underscores and before capitals; in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut after_lower = false;
    for letter in text.chars() {
        let separates = letter.is_whitespace() || letter == '-' || letter == '_';
        if separates || (letter.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        if !separates && let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase() || letter.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn repeat(of: &Arguments<'_>) -> Answer {
    let (times, text) = (usize::try_from(of.int(0)?).unwrap_or(0), of.text(1)?);
    of.check_length(times.saturating_mul(text.len()))?;
    of.answer(text.repeat(times))
}

fn substr(of: &Arguments<'_>) -> Answer {
    let text: Vec<char> = of.text(2)?.chars().collect();
    let place = |at: i64, otherwise: usize| usize::try_from(at).map_or(otherwise, |at| at.min(text.len()));
    let (start, end) = (place(of.int(0)?, 0), place(of.int(1)?, text.len()));
    of.answer(text.get(start..end).unwrap_or_default().iter().collect())
}

fn trunc(of: &Arguments<'_>) -> Answer {
    let (length, text) = (of.int(0)?, of.text(1)?);
    let kept = usize::try_from(length.unsigned_abs()).unwrap_or(usize::MAX);
    let count = text.chars().count();
    if length >= 0 {
        return of.answer(text.chars().take(kept).collect());
    }
    of.answer(text.chars().skip(count.saturating_sub(kept)).collect())
}

fn abbrev(of: &Arguments<'_>) -> Answer {
    let (width, text) = (usize::try_from(of.int(0)?).unwrap_or(0), of.text(1)?);
    if width < 4 || text.chars().count() <= width {
        return of.answer(text);
    }
    of.answer(text.chars().take(width - 3).chain("...".chars()).collect())
}

fn indent(of: &Arguments<'_>) -> Result<String, TemplateError> {
    let (width, text) = (usize::try_from(of.int(0)?).unwrap_or(0), of.text(1)?);
    of.check_length(width.saturating_mul(text.lines().count()))?;
    let lead = " ".repeat(width);
    Ok(format!("{lead}{}", text.replace('\n', &format!("\n{lead}"))))
}

fn wrap(of: &Arguments<'_>) -> Answer {
    let (width, text) = (usize::try_from(of.int(0)?).unwrap_or(0), of.text(1)?);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(last) if line == 0 || line + 1 + word.chars().count() <= width => {
                if line > 0 {
                    last.push(' ');
                }
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    of.answer(lines.join("\n"))
}
