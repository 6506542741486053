//! One formatting verb, such as `%-8.2f`, and the text it makes of a value.
//!
//! Limits: width and precision are at most 1,000.

use crate::values::{Kind, Number, Value, convert};

const MOST_WIDTH: usize = 1_000;

/// A verb as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verb {
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) zero: bool,
    pub(super) space: bool,
    pub(super) sharp: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// Argument number from 1, when written as `%[n]d`.
    pub(super) argument: Option<usize>,
    pub(super) letter: char,
    /// The verb's own text, for messages.
    pub(super) text: String,
}

impl Verb {
    /// Reads a verb after its `%`.
    pub(super) fn parse(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Verb, String> {
        let mut verb = Verb { text: "%".to_owned(), ..Verb::default() };
        while let Some(flag) = chars.next_if(|char| matches!(char, '+' | '-' | '0' | ' ' | '#')) {
            verb.text.push(flag);
            match flag {
                '+' => verb.plus = true,
                '-' => verb.minus = true,
                '0' => verb.zero = true,
                ' ' => verb.space = true,
                _ => verb.sharp = true,
            }
        }
        verb.width = verb.count(chars)?;
        if chars.next_if_eq(&'.').is_some() {
            verb.text.push('.');
            verb.precision = Some(verb.count(chars)?.unwrap_or(0));
        }
        if chars.next_if_eq(&'[').is_some() {
            verb.text.push('[');
            verb.argument = verb.count(chars)?;
            if verb.argument.is_none_or(|number| number == 0) || chars.next_if_eq(&']').is_none() {
                return Err(format!("invalid argument number in \"{}\"", verb.text));
            }
            verb.text.push(']');
        }
        match chars.next() {
            Some(letter) => {
                verb.text.push(letter);
                verb.letter = letter;
                Ok(verb)
            }
            None => Err(format!("unterminated verb \"{}\"", verb.text)),
        }
    }

    fn count(
        &mut self,
        chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    ) -> Result<Option<usize>, String> {
        let mut digits = String::new();
        while let Some(digit) = chars.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        self.text.push_str(&digits);
        if digits.is_empty() {
            return Ok(None);
        }
        match digits.parse() {
            Ok(count) if count <= MOST_WIDTH => Ok(Some(count)),
            _ => Err(format!("width or precision above {MOST_WIDTH} in \"{}\"", self.text)),
        }
    }

    /// Returns the text of the value; `json` is its JSON text.
    pub(super) fn format(&self, value: &Value, json: &str) -> Result<String, String> {
        let text = match self.letter {
            'v' if self.sharp => json.to_owned(),
            'v' => value.to_text().map_or_else(|| json.to_owned(), |text| text.to_string()),
            't' => self.converted(value, &Kind::Bool)?.to_text().unwrap_or_default().to_string(),
            's' | 'q' => self.string(value)?,
            'b' | 'd' | 'o' | 'x' | 'X' => return self.integer(value),
            'e' | 'E' | 'f' | 'g' | 'G' => return self.float(value),
            letter => return Err(format!("unsupported format verb '{letter}' in \"{}\"", self.text)),
        };
        Ok(self.pad(text))
    }

    fn converted(&self, value: &Value, kind: &Kind) -> Result<Value, String> {
        match convert(value, kind) {
            Ok(Value::Null) => {
                Err(format!("unsupported value for \"{}\": null value cannot be formatted", self.text))
            }
            Ok(value) => Ok(value),
            Err(error) => Err(format!("unsupported value for \"{}\": {error}", self.text)),
        }
    }

    fn string(&self, value: &Value) -> Result<String, String> {
        let text = self.converted(value, &Kind::String)?.to_text().unwrap_or_default();
        let cut: String = text.chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        Ok(if self.letter == 'q' { quoted(&cut) } else { cut })
    }

    fn number(&self, value: &Value) -> Result<Number, String> {
        let Value::Number(number) = self.converted(value, &Kind::Number)? else {
            return Err(format!("unsupported value for \"{}\": a number is required", self.text));
        };
        Ok(number)
    }

    fn integer(&self, value: &Value) -> Result<String, String> {
        let number = self.number(value)?;
        if self.letter != 'd' && !number.is_whole() {
            return Err(format!("unsupported value for \"{}\": a whole number is required", self.text));
        }
        let int = number.truncated();
        let magnitude = int.magnitude();
        let (digits, prefix) = match self.letter {
            'b' => (magnitude.to_str_radix(2), "0b"),
            'o' => (magnitude.to_str_radix(8), "0"),
            'x' => (magnitude.to_str_radix(16), "0x"),
            'X' => (magnitude.to_str_radix(16).to_uppercase(), "0X"),
            _ => (magnitude.to_str_radix(10), ""),
        };
        let zeros = self.precision.unwrap_or(0).saturating_sub(digits.len());
        let prefix = if self.sharp { prefix } else { "" };
        Ok(self
            .signed(int.sign() == num_bigint::Sign::Minus, format!("{prefix}{}{digits}", "0".repeat(zeros))))
    }

    fn float(&self, value: &Value) -> Result<String, String> {
        let number = self.number(value)?.to_f64();
        let (magnitude, upper) = (number.abs(), self.letter.is_ascii_uppercase());
        let text = match self.letter {
            'f' => format!("{magnitude:.*}", self.precision.unwrap_or(6)),
            'e' | 'E' => exponent_form(magnitude, self.precision.or(Some(6)), upper),
            _ => general_form(magnitude, self.precision, upper),
        };
        Ok(self.signed(number < 0.0, text))
    }

    /// Puts the sign before the digits, and zeros between them when asked.
    fn signed(&self, negative: bool, digits: String) -> String {
        let sign = match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        };
        let missing = self.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
        if self.zero && !self.minus {
            format!("{sign}{}{digits}", "0".repeat(missing))
        } else {
            self.pad(format!("{sign}{digits}"))
        }
    }

    fn pad(&self, text: String) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        let padding = " ".repeat(missing);
        if self.minus { format!("{text}{padding}") } else { format!("{padding}{text}") }
    }
}

/// Returns Go's quoted form: JSON's escapes without those for HTML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            char if char.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}

fn exponent_form(magnitude: f64, precision: Option<usize>, upper: bool) -> String {
    let text = match precision {
        Some(precision) => format!("{magnitude:.precision$e}"),
        None => format!("{magnitude:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}{}{sign}{digits:0>2}", if upper { 'E' } else { 'e' })
}

/// Returns the shorter of both forms, as `%g` does.
fn general_form(magnitude: f64, precision: Option<usize>, upper: bool) -> String {
    let digits = precision.map(|precision| precision.max(1));
    let scientific = match digits {
        Some(digits) => format!("{magnitude:.*e}", digits - 1),
        None => format!("{magnitude:e}"),
    };
    let exponent: i32 =
        scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let most = digits.map_or(21, |digits| i32::try_from(digits).unwrap_or(i32::MAX));
    if exponent < -4 || exponent >= most {
        return exponent_form(magnitude, digits.map(|digits| digits - 1), upper);
    }
    match digits {
        Some(digits) => {
            let places = i32::try_from(digits).unwrap_or(i32::MAX) - 1 - exponent;
            let text = format!("{magnitude:.*}", usize::try_from(places).unwrap_or(0));
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
        None => format!("{magnitude}"),
    }
}
