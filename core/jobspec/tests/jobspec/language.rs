//! The expression language, as text in and text out.

use expect_test::{Expect, expect};
use jobspec::{ExampleKind, Format, Inputs, Limits, Source, example, parse};

fn hcl(text: &str) -> Source {
    Source { file_name: "x".to_owned(), text: text.to_owned(), format: Format::Hcl }
}

/// Evaluates each line's expression and shows its JSON, or its first finding.
fn check(expressions: &str, want: Expect) {
    let mut out = String::new();
    for expression in expressions.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let text = format!("job \"j\" {{\n  meta = {{ v = jsonencode({expression}) }}\n}}\n");
        let result = match parse(hcl(&text), &Inputs::default(), None, Limits::default()) {
            Ok(parsed) => parsed.job.meta.unwrap_or_default()["v"].clone(),
            Err(findings) => format!("{}: {}", findings.items()[0].summary, findings.items()[0].detail),
        };
        out.push_str(&format!("{expression} -> {result}\n"));
    }
    want.assert_eq(&out);
}

#[test]
fn operators_convert_their_operands() {
    check(
        r#"
        "5" + 1
        1 == "1"
        7 % -3
        0.1 + 0.2
        -2 * -3.5
        true && "true"
        "b" > 1
        1 / 0
        [1, 2] == [1, 2]
        true ? "a" : 1
        false ? [1] : ["x"]
        true ? {} : "x"
        "#,
        expect![[r#"
            "5" + 1 -> 6
            1 == "1" -> false
            7 % -3 -> 1
            0.1 + 0.2 -> 0.3
            -2 * -3.5 -> 7
            true && "true" -> true
            "b" > 1 -> Invalid operand: Unsuitable value for left operand: a number is required.
            1 / 0 -> Division by zero: Dividing by zero is not possible.
            [1, 2] == [1, 2] -> true
            true ? "a" : 1 -> "a"
            false ? [1] : ["x"] -> ["x"]
            true ? {} : "x" -> Inconsistent conditional result types: The true and false result expressions must have consistent types. The types are object and string, respectively.
        "#]],
    );
}

#[test]
fn collections_are_walked_by_steps_splats_and_loops() {
    check(
        r#"
        [{ a = 1 }, { a = 2 }][*].a
        [{ a = { b = 1 } }].*.a.b
        null[*]
        { a = [5, 6] }.a.1
        [for i, v in ["a", "b"] : "${i}${v}" if v != "a"]
        { for k, v in { x = 1, y = 2 } : v => k }
        { for v in ["a", "b", "ab"] : strlen(v) => v... }
        { for v in ["a", "a"] : v => 1 }
        ["a"]["0"]
        { (upper("a")) = 1, "b-c" = 2 }
        "#,
        expect![[r#"
            [{ a = 1 }, { a = 2 }][*].a -> [1,2]
            [{ a = { b = 1 } }].*.a.b -> [1]
            null[*] -> []
            { a = [5, 6] }.a.1 -> 6
            [for i, v in ["a", "b"] : "${i}${v}" if v != "a"] -> ["1b"]
            { for k, v in { x = 1, y = 2 } : v => k } -> {"1":"x","2":"y"}
            { for v in ["a", "b", "ab"] : strlen(v) => v... } -> {"1":["a","b"],"2":["ab"]}
            { for v in ["a", "a"] : v => 1 } -> Duplicate object key: Two different items produced the key "a" in this 'for' expression.
            ["a"]["0"] -> "a"
            { (upper("a")) = 1, "b-c" = 2 } -> {"A":1,"b-c":2}
        "#]],
    );
}

#[test]
fn functions_answer_as_their_originals_do() {
    check(
        r##"
        format("%-5s|%5s|%+d|% d|%e|%g|%g|%#x|%08.3f|%[2]s", "a", "b", 3, 4, 1234.5, 0.00001, 100000, 255, 3.14159)
        formatlist("%s-%s", ["a", "b"], "z")
        format("%s")
        cidrsubnets("10.0.0.0/8", 8, 4)
        cidrhost("fd00::/64", 5)
        substr("héllo", 1, 3)
        title("go on, it's fine")
        yamlencode({ a = { b = [1, { c = "x" }] }, e = [], t = "l1\nl2\n" })
        yamldecode("a: {b: [1, 2.5, yes, 'q']}\nc: ~\n")
        csvdecode("n,v\n\"a,1\",\"say \"\"hi\"\"\"\n")
        parseint("zz", 36)
        formatdate("EEEE DD MMM YYYY hh:mm ZZZ", "2026-02-01T08:30:00+01:00")
        timeadd("2026-01-31T23:59:59Z", "1h1s")
        coalesce(null, 1, "x")
        merge({ a = 1 }, null, { a = 2 })
        try(tonumber("x"), [][0], "last")
        can([][0])
        convert({ a = "1" }, object({ a = number }))
        uuidv5("url", "http://example.invalid/")
        "##,
        expect![[r#"
            format("%-5s|%5s|%+d|% d|%e|%g|%g|%#x|%08.3f|%[2]s", "a", "b", 3, 4, 1234.5, 0.00001, 100000, 255, 3.14159) -> "a    |    b|+3| 4|1.234500e+03|1e-05|100000|0xff|0003.142|b"
            formatlist("%s-%s", ["a", "b"], "z") -> ["a-z","b-z"]
            format("%s") -> Error in function call: Call to function "format" failed: not enough arguments for "%s": need index 0 but have 0 total.
            cidrsubnets("10.0.0.0/8", 8, 4) -> ["10.0.0.0/16","10.16.0.0/12"]
            cidrhost("fd00::/64", 5) -> "fd00::5"
            substr("héllo", 1, 3) -> "éll"
            title("go on, it's fine") -> "Go On, It's Fine"
            yamlencode({ a = { b = [1, { c = "x" }] }, e = [], t = "l1\nl2\n" }) -> "\"a\":\n  \"b\":\n  - 1\n  - \"c\": \"x\"\n\"e\": []\n\"t\": |\n  l1\n  l2\n"
            yamldecode("a: {b: [1, 2.5, yes, 'q']}\nc: ~\n") -> {"a":{"b":[1,2.5,"yes","q"]},"c":null}
            csvdecode("n,v\n\"a,1\",\"say \"\"hi\"\"\"\n") -> [{"n":"a,1","v":"say \"hi\""}]
            parseint("zz", 36) -> 1295
            formatdate("EEEE DD MMM YYYY hh:mm ZZZ", "2026-02-01T08:30:00+01:00") -> "Sunday 01 Feb 2026 08:30 +0100"
            timeadd("2026-01-31T23:59:59Z", "1h1s") -> "2026-02-01T01:00:00Z"
            coalesce(null, 1, "x") -> "1"
            merge({ a = 1 }, null, { a = 2 }) -> {"a":2}
            try(tonumber("x"), [][0], "last") -> "last"
            can([][0]) -> false
            convert({ a = "1" }, object({ a = number })) -> {"a":1}
            uuidv5("url", "http://example.invalid/") -> "eb4e4f40-b935-5934-90cc-00346ff4d90a"
        "#]],
    );
}

#[test]
fn the_same_seed_gives_the_same_random_values() {
    let text = "job \"j\" {\n  meta = { a = uuidv4(), b = uuidv4(), c = bcrypt(\"pw\", 4) }\n}\n";
    let meta = |seed: u8| {
        let inputs = Inputs { seed: [seed; 32], ..Inputs::default() };
        parse(hcl(text), &inputs, None, Limits::default()).expect("accepted").job.meta.expect("meta")
    };
    let first = meta(1);
    assert_eq!(first, meta(1));
    assert_ne!(first["a"], first["b"]);
    assert_ne!(first["a"], meta(2)["a"]);
    assert!(first["c"].starts_with("$2a$04$"));
}

#[test]
fn later_sources_of_a_variable_win_and_strictness_decides_about_strangers() {
    let text = "variable \"a\" { default = \"d\" }\njob \"j\" {\n  name = var.a\n}\n";
    let pairs = |value: &str| vec![("a".to_owned(), value.to_owned())];
    let file =
        |text: &str| Source { file_name: "x.vars".to_owned(), text: text.to_owned(), format: Format::Hcl };
    let name =
        |inputs: &Inputs| parse(hcl(text), inputs, None, Limits::default()).map(|parsed| parsed.job.name);
    let mut inputs = Inputs { env_vars: pairs("env"), ..Inputs::default() };
    assert_eq!(name(&inputs).unwrap().as_deref(), Some("env"));
    inputs.var_files = vec![file("a = \"file\"\nghost = 1\n")];
    assert_eq!(name(&inputs).unwrap().as_deref(), Some("file"));
    inputs.vars = pairs("flag");
    assert_eq!(name(&inputs).unwrap().as_deref(), Some("flag"));
    inputs.strict = true;
    assert_eq!(name(&inputs).unwrap_err().items()[0].summary, "Undefined variable");
}

#[test]
fn the_json_of_the_api_is_read_bare_or_wrapped() {
    for text in [
        r#"{"ID": "a", "taskgroups": [{"Name": "g"}]}"#,
        r#"{"Job": {"id": "a", "TaskGroups": [{"name": "g"}]}}"#,
    ] {
        let source =
            Source { file_name: "j.json".to_owned(), text: text.to_owned(), format: Format::ApiJson };
        let job = parse(source, &Inputs::default(), None, Limits::default()).expect("accepted").job;
        assert_eq!(job.id.as_deref(), Some("a"));
        assert_eq!(job.task_groups.expect("groups").len(), 1);
    }
}

#[test]
fn both_examples_are_accepted() {
    for kind in [ExampleKind::Explained, ExampleKind::Short] {
        let parsed =
            parse(hcl(example(kind)), &Inputs::default(), None, Limits::default()).expect("accepted");
        assert_eq!(parsed.job.id.as_deref(), Some("example"));
        assert!(parsed.warnings.is_empty());
    }
}

#[test]
fn the_json_form_has_types_labels_repeated_and_dynamic_blocks() {
    let text = r#"{
      "//": "a comment",
      "variable": {"ports": {"type": "list(number)", "default": [1, 2]}},
      "locals": {"n": "${length(var.ports)}"},
      "job": {"j": {
        "group": [{"a": {"count": "${local.n}"}}, {"b": {"network": {"dynamic": {"port": {
          "for_each": "${var.ports}", "labels": ["p${port.value}"], "content": {"to": "${port.value}"}}}}}}],
        "constraint": [{"attribute": "${attr.cpu.arch}", "value": "x"}, {"distinct_hosts": true}]
      }}
    }"#;
    let job = parse(hcl(text), &Inputs::default(), None, Limits::default()).expect("accepted").job;
    let groups = job.task_groups.expect("groups");
    assert_eq!(groups[0].count, Some(2));
    let ports = groups[1].networks.as_ref().expect("networks")[0].dynamic_ports.as_ref().expect("ports");
    assert_eq!(ports.iter().map(|port| port.label.as_deref()).collect::<Vec<_>>(), [Some("p1"), Some("p2")]);
    let constraints = job.constraints.expect("constraints");
    assert_eq!(constraints[0].ltarget.as_deref(), Some("${attr.cpu.arch}"));
    assert_eq!(constraints[1].operand.as_deref(), Some("distinct_hosts"));
}

#[test]
fn an_unknown_name_in_the_json_form_is_reported_where_it_stands() {
    let text = "{\n  \"job\": {\"j\": {\n    \"prioritty\": 3\n  }}\n}";
    let findings = parse(hcl(text), &Inputs::default(), None, Limits::default()).expect_err("refused");
    assert_eq!(
        findings.to_one_line(),
        "x:3,5-16: Unsupported argument; An argument named \"prioritty\" is not expected here. Did you mean \"priority\"?"
    );
}

#[test]
fn windows_line_ends_change_nothing() {
    let unix = example(ExampleKind::Explained);
    let read =
        |text: &str| parse(hcl(text), &Inputs::default(), None, Limits::default()).expect("accepted").job;
    let (mut unix_job, mut windows_job) = (read(unix), read(&unix.replace('\n', "\r\n")));
    for job in [&mut unix_job, &mut windows_job] {
        for task in job.task_groups.iter_mut().flatten().flat_map(|group| group.tasks.iter_mut().flatten()) {
            task.templates = None;
        }
    }
    assert_eq!(unix_job, windows_job);
}

#[test]
fn an_indented_heredoc_loses_the_common_indent_and_keeps_empty_lines() {
    let text = "job \"j\" {\n  meta = {\n    v = <<-END\n      a ${1 + 1}\n\n        b\n    END\n  }\n}\n";
    let meta = parse(hcl(text), &Inputs::default(), None, Limits::default()).expect("accepted").job.meta;
    assert_eq!(meta.expect("meta")["v"], "a 2\n\n  b\n");
}

#[test]
fn a_heredoc_ends_at_a_line_that_is_its_marker_and_at_no_line_that_begins_with_it() {
    let heredoc = |content: &str, marker: &str| {
        let text = format!("job \"j\" {{\n  meta = {{\n    v = <<{marker}\n{content}\n{marker}\n  }}\n}}\n");
        let meta = parse(hcl(&text), &Inputs::default(), None, Limits::default()).expect("accepted").job.meta;
        meta.expect("meta")["v"].clone()
    };
    assert_eq!(
        heredoc("cat <<EOT > x\nEOT; run\nEOTA\n  EOT)", "EOT"),
        "cat <<EOT > x\nEOT; run\nEOTA\n  EOT)\n"
    );
    assert_eq!(heredoc("E.\n${<<E\nE,\n  E\n}\nQ Z", "E"), "E.\nE,\n\nQ Z\n");
}

#[test]
fn values_from_outside_are_kept_for_the_next_submission_by_whether_they_are_simple() {
    let text = "variable \"a\" {}\nvariable \"n\" { type = number }\nvariable \"l\" { type = list(string) }\nvariable \"m\" { type = map(string) }\njob \"j\" {}\n";
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let inputs = Inputs {
        env_vars: vec![pair("a", "env"), pair("n", "1"), pair("l", "[\"e\"]"), pair("stranger", "x")],
        vars: vec![pair("n", "2"), pair("l", "[\"f\"]"), pair("m", "{ k = \"v\" }")],
        ..Inputs::default()
    };
    let given = parse(hcl(text), &inputs, None, Limits::default()).expect("accepted").given;
    let simple: Vec<(&str, &str)> = given.simple.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(simple, [("a", "env"), ("n", "2")]);
    let complex: Vec<(&str, &str)> = given.complex.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(complex, [("l", "[\"f\"]"), ("m", "{ k = \"v\" }")]);
}
