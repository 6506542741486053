//! Indented JSON.
//!
//! Purpose: `?pretty`: four spaces a level and a final line feed, with every number and escape as it was.
//! Limits: expects valid JSON; works on bytes and needs no tree.

const INDENT: &[u8] = b"    ";

/// Indents encoded JSON.
pub(super) fn indent(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut level = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, &byte) in json.iter().enumerate() {
        if in_string {
            out.push(byte);
            in_string = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
            continue;
        }
        match byte {
            b'{' | b'[' => {
                out.push(byte);
                level += 1;
                if !matches!(json.get(at + 1), Some(b'}' | b']')) {
                    line(&mut out, level);
                }
            }
            b'}' | b']' => {
                level = level.saturating_sub(1);
                if !matches!(out.last(), Some(b'{' | b'[')) {
                    line(&mut out, level);
                }
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, level);
            }
            b':' => out.extend_from_slice(b": "),
            b' ' | b'\n' | b'\r' | b'\t' => {}
            other => {
                in_string = other == b'"';
                out.push(other);
            }
        }
    }
    out.push(b'\n');
    out
}

fn line(out: &mut Vec<u8>, level: usize) {
    out.push(b'\n');
    for _ in 0..level {
        out.extend_from_slice(INDENT);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn json_is_indented_by_four_spaces() {
        let json = br#"{"a":[1,{"b":"x,{\"y\\"}],"c":{},"d":[],"e":null,"f":1.50}"#;
        expect![[r#"
            {
                "a": [
                    1,
                    {
                        "b": "x,{\"y\\"
                    }
                ],
                "c": {},
                "d": [],
                "e": null,
                "f": 1.50
            }
        "#]]
        .assert_eq(&String::from_utf8(indent(json)).unwrap());
    }
}
