//! Expressions over one job, as text: each line is an expression and what it says.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{Filter, MAX_LEN};

fn job() -> Value {
    json!({
        "ID": "web", "Name": "web", "Type": "service", "Status": "running", "Priority": 50, "Stop": false,
        "Version": 3, "Ratio": 0.5, "ParentID": "", "Periodic": null, "ParameterizedJob": {"Payload": ""},
        "Datacenters": ["dc1", "dc2"], "Constraints": null, "Meta": {"owner": "front-team", "a.b": "x", "rev": "3"},
        "NoMeta": {"Meta": null},
        "TaskGroups": [
            {"Name": "g1", "Count": 1, "Tasks": [{"Name": "t", "Driver": "docker", "Env": {"A": "1"}}]},
            {"Name": "g2", "Count": 2, "Tasks": []}
        ]
    })
}

fn check(expressions: &str, expected: Expect) {
    let mut seen = String::new();
    for expression in expressions.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let answer = match Filter::parse(expression) {
            Ok(filter) => {
                filter.matches(&job()).map_or_else(|error| error.to_string(), |held| held.to_string())
            }
            Err(error) => error.to_string(),
        };
        seen += &format!("{expression}\n    {answer}\n");
    }
    expected.assert_eq(&seen);
}

#[test]
fn operators_compare_by_the_type_of_the_value() {
    check(
        r#"
        Status == "running"
        Status==running
        Status != `running`
        Priority == 50
        Priority != 51
        Ratio == 0.5
        Stop == false
        Stop != true
        Name matches "^we"
        Name not matches "^x"
        Name contains "eb"
        "e" in Name
        "dc1" in Datacenters
        dc3 not in Datacenters
        Datacenters contains dc2
        Datacenters not contains "dc2"
        "owner" in Meta
        Meta contains nothing
        ParentID is empty
        Datacenters is not empty
        Constraints is empty
        Periodic is nil
        ParameterizedJob is not nil
        Name is nil
        "#,
        expect![[r#"
            Status == "running"
                true
            Status==running
                true
            Status != `running`
                false
            Priority == 50
                true
            Priority != 51
                true
            Ratio == 0.5
                true
            Stop == false
                true
            Stop != true
                true
            Name matches "^we"
                true
            Name not matches "^x"
                true
            Name contains "eb"
                true
            "e" in Name
                true
            "dc1" in Datacenters
                true
            dc3 not in Datacenters
                true
            Datacenters contains dc2
                true
            Datacenters not contains "dc2"
                false
            "owner" in Meta
                true
            Meta contains nothing
                false
            ParentID is empty
                true
            Datacenters is not empty
                true
            Constraints is empty
                true
            Periodic is nil
                true
            ParameterizedJob is not nil
                true
            Name is nil
                false
        "#]],
    );
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_both() {
    check(
        r#"
        Name == x or Name == web and Type == service
        (Name == web or Name == x) and Type == batch
        not Name == x and Type == service
        not (Name == web and Type == service)
        not not Name == web
        ( Name == web )
        "#,
        expect![[r#"
            Name == x or Name == web and Type == service
                true
            (Name == web or Name == x) and Type == batch
                false
            not Name == x and Type == service
                true
            not (Name == web and Type == service)
                false
            not not Name == web
                true
            ( Name == web )
                true
        "#]],
    );
}

#[test]
fn selectors_go_by_dots_brackets_indexes_and_pointers() {
    check(
        r#"
        Meta.owner == "front-team"
        "front" in Meta.owner
        Meta["a.b"] == x
        Meta[`a.b`] == x
        "/Meta/rev" == "3"
        "/Meta/a.b" == "x"
        TaskGroups.0.Name == g1
        TaskGroups.1.Tasks is empty
        TaskGroups.0.Tasks.0.Env.A == 1
        "#,
        expect![[r#"
            Meta.owner == "front-team"
                true
            "front" in Meta.owner
                true
            Meta["a.b"] == x
                true
            Meta[`a.b`] == x
                true
            "/Meta/rev" == "3"
                true
            "/Meta/a.b" == "x"
                true
            TaskGroups.0.Name == g1
                true
            TaskGroups.1.Tasks is empty
                true
            TaskGroups.0.Tasks.0.Env.A == 1
                true
        "#]],
    );
}

#[test]
fn a_missing_key_of_a_map_is_a_mismatch_and_a_missing_field_an_error() {
    check(
        r#"
        Meta.nope == x
        Meta.nope != x
        Meta.nope is empty
        Meta.nope is not nil
        x in Meta.nope
        x not in NoMeta.Meta.owner
        zz == 1
        Periodic.Enabled == true
        Name.x == 1
        TaskGroups.9.Name == x
        TaskGroups.x == 1
        "#,
        expect![[r#"
            Meta.nope == x
                false
            Meta.nope != x
                true
            Meta.nope is empty
                true
            Meta.nope is not nil
                false
            x in Meta.nope
                false
            x not in NoMeta.Meta.owner
                true
            zz == 1
                error finding value in datum: /zz at part 0: couldn't find key: struct field with name "zz"
            Periodic.Enabled == true
                error finding value in datum: /Periodic/Enabled: at part 1, invalid value kind: invalid
            Name.x == 1
                error finding value in datum: /Name/x: at part 1, invalid value kind: string
            TaskGroups.9.Name == x
                error finding value in datum: /TaskGroups/9/Name at part 1: index is out of range: 9 is >= 2
            TaskGroups.x == 1
                error finding value in datum: /TaskGroups/x at part 1: couldn't convert value: index "x" is no number
        "#]],
    );
}

#[test]
fn collections_name_their_entries() {
    check(
        r#"
        any TaskGroups as tg { tg.Count == 1 }
        all TaskGroups as tg { tg.Name matches "^g" }
        all TaskGroups as tg {tg.Count == 1}
        any TaskGroups as i, tg { i == 1 and tg.Count == 2 }
        any TaskGroups as _, tg { tg.Count == 2 }
        any Meta as k { k == owner }
        any Meta as k, v { k == rev and v == "3" }
        any TaskGroups as tg { any tg.Tasks as t { t.Driver == docker and tg.Name == g1 and Name == web } }
        any Constraints as c { c.Operand == x }
        all Constraints as c { c.Operand == x }
        any Datacenters as dc { dc == dc2 }
        "#,
        expect![[r#"
            any TaskGroups as tg { tg.Count == 1 }
                true
            all TaskGroups as tg { tg.Name matches "^g" }
                true
            all TaskGroups as tg {tg.Count == 1}
                false
            any TaskGroups as i, tg { i == 1 and tg.Count == 2 }
                true
            any TaskGroups as _, tg { tg.Count == 2 }
                true
            any Meta as k { k == owner }
                true
            any Meta as k, v { k == rev and v == "3" }
                true
            any TaskGroups as tg { any tg.Tasks as t { t.Driver == docker and tg.Name == g1 and Name == web } }
                true
            any Constraints as c { c.Operand == x }
                false
            all Constraints as c { c.Operand == x }
                true
            any Datacenters as dc { dc == dc2 }
                true
        "#]],
    );
}

#[test]
fn what_does_not_fit_is_refused_in_the_words_of_the_original() {
    check(
        r#"
        Type ==
        Foo
        (Name == web
        Meta[ == 1
        Meta["a" == 1
        Name == "web
        Priority == 5x
        Priority == "fifty"
        Stop == maybe
        "x" in 7
        Name matches "("
        Priority is empty
        Datacenters == dc1
        Priority contains 5
        "#,
        expect![[r#"
            Type ==
                failed to read filter expression: 1:8 (7): no match found, expected: "-", "0", "\"", "`", [ \t\r\n], [1-9] or [a-zA-Z]
            Foo
                failed to read filter expression: 1:4 (3): no match found, expected: "!=", ".", "==", "[", [ \t\r\n] or [a-zA-Z0-9_/]
            (Name == web
                failed to read filter expression: 1:1 (0): rule "grouping": Unmatched parentheses
            Meta[ == 1
                failed to read filter expression: 1:5 (4): rule "index": Invalid index
            Meta["a" == 1
                failed to read filter expression: 1:5 (4): rule "index": Unclosed index expression
            Name == "web
                failed to read filter expression: 1:9 (8): rule "string": Unterminated string literal
            Priority == 5x
                failed to read filter expression: 1:13 (12): rule "number": Invalid number literal
            Priority == "fifty"
                error getting match value in expression: strconv.ParseInt: parsing "fifty": invalid syntax
            Stop == maybe
                error getting match value in expression: strconv.ParseBool: parsing "maybe": invalid syntax
            "x" in 7
                failed to read filter expression: 1:1 (0): rule "match": Invalid selector
            Name matches "("
                failed to read filter expression: failed to compile regular expression "(": regex parse error:
                (
                ^
            error: unclosed group
            Priority is empty
                cannot perform is empty operations on type number for selector: "Priority"
            Datacenters == dc1
                cannot perform equality operations on type slice for selector: "Datacenters"
            Priority contains 5
                cannot perform in/contains operations on type number for selector: "Priority"
        "#]],
    );
}

#[test]
fn depth_length_and_regular_expressions_are_bounded() {
    for (expression, text) in [
        (format!("{}Name == web{}", "(".repeat(65), ")".repeat(65)), "nested more than 64 deep"),
        (format!("{}Name == web", "not ".repeat(65)), "nested more than 64 deep"),
        (format!("Name == {}", "x".repeat(MAX_LEN)), "longer than 16384 bytes"),
        ("Name matches \"(\\\\w{100}){100}\"".to_owned(), "exceeds size limit"),
    ] {
        let error = Filter::parse(&expression).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
    assert!(Filter::parse(&vec!["Name == web"; 1000].join(" or ")).unwrap().matches(&job()).unwrap());
}

#[test]
fn no_text_makes_the_parser_panic() {
    let pieces = [
        "(", ")", "\"", "`", "Name", " ", "==", "not", "in", "[", "]", ".", "/", "-", "0", "\\", "é", "any",
        "as", "{", "}",
    ];
    let mut seed = 1_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text += pieces[usize::try_from(seed >> 33).unwrap() % pieces.len()];
        }
        if let Ok(filter) = Filter::parse(&text) {
            let _ = filter.matches(&job());
        }
    }
}
