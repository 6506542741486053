//! What a person reads when a job file is refused: place, excerpt, label and help.

use expect_test::{Expect, expect};
use jobspec::{Format, Inputs, Limits, RenderStyle, Source, parse};

fn check(text: &str, want: Expect) {
    let source = Source { file_name: "web.nomad.hcl".to_owned(), text: text.to_owned(), format: Format::Hcl };
    let rich = match parse(source, &Inputs::default(), None, Limits::default()) {
        Ok(_) => "accepted".to_owned(),
        Err(findings) => findings.to_rich_text(RenderStyle::Plain),
    };
    want.assert_eq(&format!("{rich}\n"));
}

#[test]
fn five_different_mistakes_are_reported_in_one_go() {
    check(
        r#"job "web" {
  prioritty = 70
  group "api" {
    count = "many"
    task "server" {
      driver       = "raw_exec"
      kill_timeout = "5 minutes"
      env          = { MODE = upcase("x") }
      resource {
        cpu = 100
      }
    }
  }
}
"#,
        expect![[r#"
            error: Unsupported argument
             --> web.nomad.hcl:2:3
              |
            2 |   prioritty = 70
              |   ^^^^^^^^^ not expected here
              |
              = help: did you mean "priority"?

            error: Unsuitable value type
             --> web.nomad.hcl:4:14
              |
            4 |     count = "many"
              |              ^^^^ expected a number
              |
              = note: Unsuitable value: a number is required

            error: Unsuitable value type
             --> web.nomad.hcl:7:23
              |
            7 |       kill_timeout = "5 minutes"
              |                       ^^^^^^^^^ Unsuitable duration value: time: unknown unit " minutes" in duration "5 minutes"
              |
              = help: a duration is a number and a unit, such as "30s", "5m" or "1h30m"

            error: Call to unknown function
             --> web.nomad.hcl:8:31
              |
            8 |       env          = { MODE = upcase("x") }
              |                               ^^^^^^ There is no function named "upcase".

            error: Unsupported block type
             --> web.nomad.hcl:9:7
              |
            9 |       resource {
              |       ^^^^^^^^ not expected here
              |
              = help: did you mean "resources"?
        "#]],
    );
}

#[test]
fn a_syntax_error_is_reported_for_each_top_level_block() {
    check(
        "variable \"a\" {\n  default = = 1\n}\njob \"web\" {\n  group \"g\" { count = 1 type = 2 }\n}\nlocals {\n  x = \"open\n}\n",
        expect![[r#"
            error: Invalid expression
             --> web.nomad.hcl:2:13
              |
            2 |   default = = 1
              |             ^ Expected the start of an expression, but found an invalid expression token.

            error: Invalid single-argument block definition
             --> web.nomad.hcl:5:25
              |
            5 |   group "g" { count = 1 type = 2 }
              |                         ^^^^ A single-line block definition must end with a closing brace immediately after its single argument definition.
              |
              = help: put each argument on a line of its own

            error: Invalid multi-line string
             --> web.nomad.hcl:8:12
              |
            8 |   x = "open
              |            ^ the string is not closed on this line
              |
              = note: Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \n escape to represent a newline character or use the "heredoc" multi-line template syntax.
        "#]],
    );
}

#[test]
fn a_mistake_inside_an_expression_is_marked_there() {
    check(
        "variable \"names\" { default = [\"a\"] }\njob \"web\" {\n  meta = { first = \"x-${upper(var.names[3])}\", second = var.name }\n}\n",
        expect![[r#"
            error: Invalid index
             --> web.nomad.hcl:3:40
              |
            3 |   meta = { first = "x-${upper(var.names[3])}", second = var.name }
              |                                        ^^^ The given key does not identify an element in this collection value.

            error: Unsupported attribute
             --> web.nomad.hcl:3:60
              |
            3 |   meta = { first = "x-${upper(var.names[3])}", second = var.name }
              |                                                            ^^^^^ This object does not have an attribute named "name".
              |
              = help: did you mean "names"?
        "#]],
    );
}

#[test]
fn a_warning_says_that_an_argument_has_no_effect() {
    let text = "job \"web\" {\n  constraint {\n    attribute = \"${meta.a}\"\n    is_set    = true\n  }\n}\n";
    let source = Source { file_name: "web.nomad.hcl".to_owned(), text: text.to_owned(), format: Format::Hcl };
    let parsed = parse(source, &Inputs::default(), None, Limits::default()).expect("accepted");
    let warnings: Vec<String> = parsed.warning_lines().collect();
    assert_eq!(
        warnings,
        ["web.nomad.hcl:4,5-11: Argument without effect; \"is_set\" has no effect as an argument here."]
    );
}
