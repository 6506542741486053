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

/// Checks the place and the text of the first finding.
fn refused(text: String, place: &str, wanted: &str) {
    refused_within(Limits::default(), text, place, wanted);
}

fn refused_within(limits: Limits, text: String, place: &str, wanted: &str) {
    let source = Source { file_name: "x".to_owned(), text, format: Format::Hcl };
    let Err(findings) = parse(source, &Inputs::default(), None, limits) else { panic!("accepted") };
    let first = findings.items()[0].to_one_line(findings.sources());
    assert!(first.starts_with(place), "{first}");
    assert!(first.contains(wanted), "{first}");
}

#[test]
fn shared_values_count_as_often_as_they_appear() {
    let mut text = String::from("locals {\n  a0 = [1, 2]\n");
    for level in 1..60 {
        text.push_str(&format!("  a{level} = [local.a{0}, local.a{0}]\n", level - 1));
    }
    for use_of_it in ["local.a59 == local.a59", "jsonencode(local.a59)", "flatten(local.a59)"] {
        let text = format!("{text}}}\njob \"j\" {{\n  meta = {{ x = {use_of_it} }}\n}}\n");
        refused(text, "x:", "33554432 bytes of values");
    }
}

#[test]
fn values_nested_by_a_chain_of_locals_are_refused() {
    let mut text = String::from("locals {\n  a0 = [1]\n");
    for level in 1..500 {
        text.push_str(&format!("  a{level} = [local.a{}]\n", level - 1));
    }
    refused(text + "}\njob \"j\" {}\n", "x:", "nested more than 64 levels deep");
}

#[test]
fn slow_functions_count_as_many_steps() {
    let limits = Limits { steps: 100_000, ..Limits::default() };
    let hashes = job("[for n in range(1000) : bcrypt(\"x\", 10)]");
    refused_within(limits, hashes, "x:2,", "more than 100000 evaluation steps");
    refused(job("bcrypt(\"x\", 15)"), "x:2,", "cost must be between 4 and 14");
    let patterns = "[for n in range(1000) : regex_replace(\"a\", \"(a{1000}){4}${n}\", \"b\")]";
    refused_within(limits, job(patterns), "x:2,", "more than 100000 evaluation steps");
    let long = "join(\"\", [for n in range(1000) : \"aaaaaaaaaaaaaaaaaaaa\"])";
    let slow = format!("[for n in range(100) : regex_replace({long}, \"(a{{900}}b)+\", \"c\")]");
    let limits = Limits { work_bytes: 1 << 20, ..Limits::default() };
    refused_within(limits, job(&slow), "x:2,", "read more than 1048576 bytes of values");
}

#[test]
fn reading_a_long_text_again_and_again_is_counted() {
    let text = "locals {\n  long = join(\"\", [for n in range(1000) : \"aaaaaaaaaa\"])\n  x = [for a in range(1000) : strlen(local.long)]\n}\njob \"j\" {}\n";
    let limits = Limits { work_bytes: 1 << 20, ..Limits::default() };
    refused_within(limits, text.to_owned(), "x:3,", "read more than 1048576 bytes of values");
}

#[test]
fn numbers_out_of_range_are_refused_where_they_stand() {
    refused(job("[1, 1e-5999]"), "x:2,11-18", "This number is out of range");
    refused(job("1 * \"1e7000\""), "x:2,11-19", "a number is required");
    refused(job("\"1e1000\" * \"1e1000\""), "x:2,", "out of the range of numbers");
}

#[test]
fn a_finding_quotes_at_most_a_few_thousand_bytes() {
    let text = job(&format!("base64decode(\"{}\")", "?".repeat(100_000)));
    let source = Source { file_name: "x".to_owned(), text, format: Format::Hcl };
    let findings = parse(source, &Inputs::default(), None, Limits::default()).expect_err("refused");
    assert!(findings.items()[0].detail.len() < 5_000);
}

#[test]
fn free_form_blocks_are_counted_too() {
    let blocks: String = (0..101).map(|number| format!("b{number} {{}}\n")).collect();
    let text = format!("job \"j\" {{\n task \"t\" {{\n config {{\n{blocks}}}\n}}\n}}\n");
    let limits = Limits { blocks: 100, ..Limits::default() };
    refused_within(limits, text, "x:", "more than 100 blocks");
}

#[test]
fn subnets_beyond_the_last_address_are_refused() {
    refused(job("cidrsubnets(\"::/0\", 1, 2, 1)"), "x:2,", "not enough remaining address space");
}

/// Levels that the parser takes, with every kind of nesting: no kind takes time that doubles with each level.
#[test]
fn nesting_up_to_the_limit_is_quick() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{ a = ", "}"),
        ("\"${", "}\""),
        ("[for x in [1] : ", "]"),
        ("{for x in [1] : x => ", "}"),
        ("max(", ")"),
        ("true ? ", " : 1"),
        ("x[", "]"),
        ("-", ""),
        ("\"%{if true}${", "}%{endif}\""),
    ] {
        for depth in [8, 16, 30, 62] {
            let started = std::time::Instant::now();
            outcome(job(&format!("{}1{}", open.repeat(depth), close.repeat(depth))));
            let took = started.elapsed();
            assert!(took < std::time::Duration::from_secs(5), "{depth} times {open} takes {took:?}");
        }
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

#[test]
fn an_object_with_many_keys_is_refused_where_it_opens_and_a_block_is_not() {
    let keys = |count: usize| (0..count).map(|number| format!("k{number} = 1\n")).collect::<String>();
    let job = |meta: &str, count: usize| format!("job \"j\" {{\n  meta {meta}{{\n{}}}\n}}\n", keys(count));
    refused(job("= ", 5_001), "x:2,10-11: Object too large", "more than 5000 entries");
    assert_eq!(outcome(job("= ", 1_000)), "accepted");
    assert_eq!(outcome(job("", 5_001)), "accepted");
}
