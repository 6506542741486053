//! The functions that templates of `-t` have beside those of Go, named `sprig_…`.
//!
//! Purpose: what people use to shape output: texts, lists, maps, numbers, JSON and base64.
//! Limits: nothing that draws random numbers, reads files, variables of the environment or the network, hashes
//! passwords or makes certificates. A text that a function makes has at most 16 MiB.

mod arguments;
mod convert;
mod lists;
mod maps;
mod numbers;
mod texts;

use std::sync::Arc;

use gotmpl::{FuncMap, Value};

pub(super) use arguments::{Arguments, Function};

/// Returns all functions by name.
pub(super) fn functions() -> FuncMap {
    let groups: [&[(&'static str, Function)]; 5] =
        [&texts::FUNCTIONS, &lists::FUNCTIONS, &maps::FUNCTIONS, &numbers::FUNCTIONS, &convert::FUNCTIONS];
    let mut all = FuncMap::new();
    for (name, function) in groups.into_iter().flatten().copied() {
        let call = move |values: &[Value]| function(&Arguments { name, values });
        all.insert(format!("sprig_{name}"), Arc::new(call));
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::format::render_template;

    /// Renders each template over `{"ID":"web-1","N":[3,1,2],"Tags":["b","a","b"],"Meta":{"k":"v","x":"y"}}`.
    fn check(cases: &[(&str, &str)]) {
        let data = serde_json::json!({
            "ID": "web-1", "N": [3, 1, 2], "Tags": ["b", "a", "b"], "Meta": { "k": "v", "x": "y" },
        });
        for (template, wanted) in cases {
            let text = render_template(template, &data).unwrap_or_else(|error| format!("error: {error}"));
            assert_eq!(text, *wanted, "{template}");
        }
    }

    #[test]
    fn texts_are_shaped() {
        check(&[
            ("{{.ID | sprig_upper}}", "WEB-1"),
            ("{{sprig_title \"hello world\"}}", "Hello World"),
            ("{{.ID | sprig_trimPrefix \"web-\"}}", "1"),
            ("{{.ID | sprig_trimSuffix \"-1\" | sprig_quote}}", "\"web\""),
            ("{{.ID | sprig_replace \"-\" \"_\"}}", "web_1"),
            ("{{sprig_contains \"eb\" .ID}} {{sprig_hasPrefix \"web\" .ID}}", "true true"),
            ("{{.ID | sprig_trunc 3}} {{.ID | sprig_trunc -2}}", "web -1"),
            ("{{sprig_substr 1 3 .ID}}", "eb"),
            ("{{sprig_repeat 3 \"ab\"}}", "ababab"),
            ("{{\"a\\nb\" | sprig_indent 2}}", "  a\n  b"),
            ("{{sprig_regexReplaceAll \"[0-9]+\" .ID \"N\"}}", "web-N"),
            ("{{sprig_cat \"a\" 1 \"b\"}}", "a 1 b"),
            ("{{sprig_plural \"job\" \"jobs\" 2}}", "jobs"),
        ]);
    }

    #[test]
    fn lists_are_shaped() {
        check(&[
            ("{{.Tags | sprig_uniq | sprig_sortAlpha | sprig_join \",\"}}", "a,b"),
            ("{{sprig_splitList \"-\" .ID | sprig_last}}", "1"),
            ("{{(sprig_split \"-\" .ID)._0}}", "web"),
            ("{{.N | sprig_reverse}} {{sprig_first .N}} {{sprig_rest .N}}", "[2 1 3] 3 [1 2]"),
            ("{{sprig_has \"a\" .Tags}} {{sprig_without .Tags \"b\"}}", "true [a]"),
            ("{{sprig_list 1 2 | sprig_join \"+\"}}", "1+2"),
            ("{{sprig_append .N 9}} {{sprig_compact (sprig_list \"\" \"a\")}}", "[3 1 2 9] [a]"),
            ("{{sprig_until 3}}", "[0 1 2]"),
        ]);
    }

    #[test]
    fn maps_numbers_and_defaults() {
        check(&[
            ("{{sprig_keys .Meta | sprig_sortAlpha}} {{sprig_get .Meta \"k\"}}", "[k x] v"),
            ("{{sprig_hasKey .Meta \"z\"}} {{sprig_pick .Meta \"k\"}}", "false map[k:v]"),
            ("{{(sprig_dict \"a\" 1).a}} {{sprig_omit .Meta \"k\"}}", "1 map[x:y]"),
            ("{{sprig_add 1 2 3}} {{sprig_sub 5 2}} {{sprig_mul 2 3}} {{sprig_div 7 2}}", "6 3 6 3"),
            ("{{sprig_mod 7 4}} {{sprig_max 1 5 2}} {{sprig_min 4 2}} {{sprig_add1 1}}", "3 5 2 2"),
            ("{{sprig_round 1.256 2}} {{sprig_ceil 1.1}} {{sprig_floor 1.9}}", "1.26 2 1"),
            ("{{sprig_default \"none\" .Nothing}} {{sprig_coalesce \"\" \"b\"}}", "none b"),
            ("{{sprig_ternary \"yes\" \"no\" true}} {{sprig_empty .Tags}}", "yes false"),
            ("{{sprig_div 1 0}}", "error: template: execution error: sprig_div: division by zero"),
        ]);
    }

    #[test]
    fn values_are_converted() {
        check(&[
            ("{{sprig_toJson .Meta}}", "{\"k\":\"v\",\"x\":\"y\"}"),
            ("{{sprig_b64enc .ID}} {{sprig_b64dec \"d2Vi\"}}", "d2ViLTE= web"),
            ("{{(sprig_fromJson \"[1,2]\") | len}}", "2"),
            ("{{sprig_atoi \"7\"}} {{sprig_toString 7 | printf \"%q\"}}", "7 \"7\""),
            ("{{sprig_kindOf .Tags}} {{sprig_int \"12\"}} {{sprig_float64 \"1.5\"}}", "slice 12 1.5"),
            ("{{sprig_date \"2006-01-02\" 1795363800000000000}}", "2026-11-22"),
        ]);
    }

    #[test]
    fn what_cannot_be_done_is_named() {
        check(&[
            ("{{sprig_upper}}", "error: template: execution error: sprig_upper: argument 1 is missing"),
            ("{{sprig_first 3}}", "error: template: execution error: sprig_first: 3 is not a list"),
            ("{{sprig_fail \"no\"}}", "error: template: execution error: no"),
        ]);
        let data = serde_json::Value::Null;
        let error = render_template("{{sprig_repeat 99999999 \"aaaaaaaa\"}}", &data).unwrap_err();
        assert!(error.to_string().contains("more than 16777216 bytes"), "{error}");
    }
}
