//! Texts that try to cost much: each ends with a located finding or cheaply.

use jobspec::{Format, Inputs, Limits, Source, parse};

fn outcome(text: String) -> String {
    let source = Source { file_name: "x".to_owned(), text, format: Format::Hcl };
    match parse(source, &Inputs::default(), None, Limits::default()) {
        Ok(_) => "accepted".to_owned(),
        Err(findings) => findings.items()[0].summary.clone(),
    }
}

fn job(attribute: &str) -> String {
    format!("locals {{\n  x = {attribute}\n}}\njob \"j\" {{\n  meta = {{ x = jsonencode(local.x) }}\n}}\n")
}

#[test]
fn nested_loops_run_out_of_steps_or_room() {
    let text =
        job("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : \"${a}${b}${c}\"]]]");
    assert_eq!(outcome(text), "Job too large");
}

#[test]
fn doubling_locals_run_out_of_room() {
    let mut text = String::from("locals {\n  a0 = \"0123456789\"\n");
    for level in 1..60 {
        text.push_str(&format!("  a{level} = \"${{local.a{0}}}${{local.a{0}}}\"\n", level - 1));
    }
    text.push_str("}\njob \"j\" {\n  meta = { x = local.a59 }\n}\n");
    assert_eq!(outcome(text), "Job too large");
}

#[test]
fn functions_that_make_much_of_little_are_bounded() {
    for call in [
        "replace(join(\"\", [for i in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"]), \"a\", join(\"\", [for i in range(1000) : \"bbbbbbbbbb\"]))",
        "setproduct(range(1000), range(1000), range(1000))",
        "format(\"%999999999d\", 1)",
        "range(0, 10000000)",
        "indent(100000, \"a\\nb\")",
        "regex_replace(\"aaaa\", \"(a{1000}){1000}{1000}\", \"b\")",
        "pow(10, 1000)",
        "1e999999999",
        "yamldecode(\"a: &a [1,1,1,1,1,1,1,1]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f]\\n\")",
    ] {
        assert_ne!(outcome(job(call)), "accepted", "{call}");
    }
}

#[test]
fn deep_nesting_is_refused_before_the_stack_ends() {
    for (open, close) in [("[", "]"), ("(", ")"), ("{ a = ", "}"), ("\"${", "}\""), ("-", ""), ("!", "")] {
        let text = job(&format!("{}1{}", open.repeat(20_000), close.repeat(20_000)));
        assert_ne!(outcome(text), "accepted", "{open}");
    }
    assert_ne!(outcome("a {\n".repeat(20_000)), "accepted");
    assert_ne!(outcome(format!("{{\"job\":{}", "[".repeat(20_000))), "accepted");
    assert_ne!(outcome(format!("{{\"job\":{}", "{\"a\":".repeat(20_000))), "accepted");
    assert_ne!(outcome(job(&vec!["1"; 20_000].join(" + "))), "accepted");
}

#[test]
fn dynamic_blocks_are_counted() {
    let text = "job \"j\" {\n  dynamic \"group\" {\n    for_each = range(1000)\n    labels = [\"g${group.key}\"]\n    content {\n      dynamic \"task\" {\n        for_each = range(1000)\n        labels = [\"t${task.key}\"]\n        content { driver = \"mock_driver\" }\n      }\n    }\n  }\n}\n";
    assert_eq!(outcome(text.to_owned()), "Job too large");
}

#[test]
fn broken_texts_never_panic() {
    let text = include_str!("../../src/example/explained.nomad.hcl");
    for end in (0..text.len()).step_by(97) {
        outcome(text[..end].to_owned());
        outcome(format!("{}\u{0}é}}{}", &text[..end], &text[end..]));
    }
    for odd in [
        "",
        "{",
        "{}",
        "\u{feff}job \"x\" {}",
        "job",
        "job \"",
        "<<",
        "a = <<-E\n",
        "\"${\"",
        "%{",
        "job \"é\" {\n  é = \"${é.é}\"\n}\n",
    ] {
        outcome(odd.to_owned());
    }
}

#[test]
fn a_source_above_the_limit_is_not_read_and_findings_are_counted() {
    let source = |text: String| Source { file_name: "x".to_owned(), text, format: Format::Hcl };
    let limits = Limits { source_bytes: 10, ..Limits::default() };
    let findings =
        parse(source("job \"long\" {}".to_owned()), &Inputs::default(), None, limits).expect_err("refused");
    assert_eq!(findings.items()[0].summary, "Source too large");
    let many: String = (0..50).map(|number| format!("  wrong{number} = 1\n")).collect();
    let limits = Limits { diagnostics: 7, ..Limits::default() };
    let text = format!("job \"j\" {{\n{many}}}\n");
    let findings = parse(source(text), &Inputs::default(), None, limits).expect_err("refused");
    assert_eq!(findings.items().len(), 7);
}
