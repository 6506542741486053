//! The canonical layout: texts in, texts out, and that nothing but white space changes.

use std::path::Path;

use expect_test::{Expect, expect};
use jobspec::{Format, Inputs, Limits, Source, format_text, parse};

fn hcl(text: &str) -> Source {
    Source { file_name: "x".to_owned(), text: text.to_owned(), format: Format::Hcl }
}

fn laid_out(text: &str) -> String {
    format_text(hcl(text), Limits::default()).expect("HCL")
}

fn check(text: &str, want: Expect) {
    let once = laid_out(text);
    want.assert_eq(&once);
    assert_eq!(laid_out(&once), once, "laying out a second time changes nothing");
}

#[test]
fn indents_follow_brackets_and_blank_lines_stay() {
    check(
        "job \"a\"   {\ndatacenters=[\"dc1\",  \"dc2\"]\n\n\n      group \"g\" {\ncount=1\n}\n  list = [\n1,\n2\n]\n}\n",
        expect![[r#"
            job "a" {
              datacenters = ["dc1", "dc2"]


              group "g" {
                count = 1
              }
              list = [
                1,
                2
              ]
            }
        "#]],
    );
}

#[test]
fn equals_signs_of_neighbours_are_aligned_unless_a_value_goes_on() {
    check(
        "a=1\nlonger=2\n\nb = {\nx=1\nxyz=2\n}\nccc=3\nd=[1,2]\n",
        expect![[r#"
            a      = 1
            longer = 2

            b = {
              x   = 1
              xyz = 2
            }
            ccc = 3
            d   = [1, 2]
        "#]],
    );
}

#[test]
fn trailing_comments_of_neighbours_are_aligned_and_others_stay_in_their_lines() {
    check(
        "a=1#one\n   # alone\nbb=22  // two\nccc = 333 # three\nd=4 /* four */\n",
        expect![[r#"
            a = 1 #one
            # alone
            bb  = 22  // two
            ccc = 333 # three
            d   = 4 /* four */
        "#]],
    );
}

#[test]
fn operators_stand_apart_and_signs_do_not() {
    check(
        "a=-1+2*-3\nb=!  x&&y||z!=1\nc=x?-1:f( 1,\"b\" ... )\nd=m . n [0] [ * ]\ne=[for x in [-1]:x if x>0]\nf={a:1,\"b\"=2,(c)=3}\n",
        expect![[r#"
            a = -1 + 2 * -3
            b = !x && y || z != 1
            c = x ? -1 : f(1, "b"...)
            d = m.n[0][*]
            e = [for x in [-1] : x if x > 0]
            f = { a : 1, "b" = 2, (c) = 3 }
        "#]],
    );
}

#[test]
fn strings_and_heredocs_keep_their_text() {
    check(
        "a=\"x  ${ y }  $${ z } %{if   q}  w%{ endif }\"\nlonger = <<EOT\n  k   =  v ${ n+1 }\n EOT\nb {\n  c = <<-EOT\n  EOTX\n      d\n  EOT\n}\n",
        expect![[r#"
            a      = "x  ${y}  $${ z } %{if q}  w%{endif}"
            longer = <<EOT
              k   =  v ${n + 1}
             EOT
            b {
              c = <<-EOT
              EOTX
                  d
              EOT
            }
        "#]],
    );
}

#[test]
fn windows_line_ends_and_a_missing_last_one_are_kept() {
    assert_eq!(laid_out("a=1\r\nbb = 2 # x\r\n"), "a  = 1\r\nbb = 2 # x\r\n");
    assert_eq!(laid_out("\u{feff}a=1"), "a = 1");
    assert_eq!(laid_out("é=\"ü\" # x\nbb=1 # y"), "é  = \"ü\" # x\nbb = 1   # y");
}

#[test]
fn a_text_that_is_no_hcl_is_refused_with_places() {
    let findings = format_text(hcl("a = 1\njob \"x\" {\n  b = = 2\n}\nc = ]\n"), Limits::default())
        .expect_err("refused");
    let places: Vec<String> =
        findings.items().iter().map(|item| item.to_one_line(findings.sources())).collect();
    assert_eq!(places.len(), 2, "{places:#?}");
    assert!(places[0].starts_with("x:3,"), "{places:#?}");
    assert!(places[1].starts_with("x:5,"), "{places:#?}");
}

#[test]
fn one_long_line_does_not_make_a_huge_text() {
    let short: String = (0..20_000).map(|n| format!("b{n} = 1 # x\n")).collect();
    let long = format!("a = \"{}\" # x\n{short}", "y".repeat(200_000));
    let findings = format_text(hcl(&long), Limits::default()).expect_err("refused");
    assert_eq!(findings.items()[0].summary, "Text too large");
}

/// Returns what a text means: its job, or what is wrong with it without the places.
fn meaning(text: &str) -> String {
    match parse(hcl(text), &Inputs::default(), None, Limits::default()) {
        // References that run time looks up are kept as they are written, and layout takes their spaces.
        Ok(parsed) => parsed.job.to_json().to_string().replace("${ ", "${").replace(" }", "}"),
        Err(findings) => {
            let summaries: Vec<&str> = findings.items().iter().map(|item| item.summary.as_str()).collect();
            summaries.join("\n")
        }
    }
}

/// Returns the recorded job files with their names.
fn recorded() -> impl Iterator<Item = (String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/jobspecs/golden");
    std::fs::read_dir(root).expect("the recorded cases").filter_map(|entry| {
        let case = entry.expect("an entry");
        let text = std::fs::read_to_string(case.path().join("job.nomad.hcl")).ok()?;
        Some((case.file_name().to_string_lossy().into_owned(), text))
    })
}

#[test]
fn every_recorded_job_file_means_the_same_laid_out() {
    let mut laid = 0;
    for (name, text) in recorded() {
        let Ok(once) = format_text(hcl(&text), Limits::default()) else { continue };
        assert_eq!(laid_out(&once), once, "{name}");
        assert_eq!(meaning(&once), meaning(&text), "{name}");
        let visible = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(visible(&once), visible(&text), "{name}");
        laid += 1;
    }
    assert!(laid > 100, "only {laid} files");
}
