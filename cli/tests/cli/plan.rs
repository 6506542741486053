//! `job plan`: 30 recorded plans, each with the text that Nomad made of it.

use api::view::PlanResponse;
use expect_test::expect;
use nomadctl::format::{Clock, Detail, Length};
use nomadctl::show::{PlanPage, plan};

use crate::{golden, recorded_stdout};

/// Every case of `tests/golden/plan`.
fn cases() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/plan");
    let files = std::fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut cases: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect();
    cases.sort();
    assert_eq!(cases.len(), 30);
    cases
}

fn page(response: &PlanResponse) -> PlanPage<'_> {
    PlanPage {
        plan: response,
        diff: true,
        detail: Detail::Folded,
        flags: "",
        path: "new.nomad.hcl",
        colour: false,
        why: false,
    }
}

/// Removes what differs in every run: the index, the distance of the next launch, and the program's name.
fn comparable(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.replace("nomadctl job run", "nomad job run");
        let words: Vec<&str> = line.split(' ').collect();
        lines.push(match words.as_slice() {
            ["Job", "Modify", "Index:", _] => "Job Modify Index: N".to_owned(),
            ["nomad", "job", "run", "-check-index", _, rest @ ..] => {
                format!("nomad job run -check-index N {}", rest.join(" "))
            }
            _ => match line.split_once(" (") {
                Some((before, after)) if after.ends_with(" from now).") => before.to_owned(),
                _ => line,
            },
        });
    }
    lines.join("\n")
}

fn check(case: &str, recorded: &str, change: impl Fn(&mut PlanPage<'_>)) {
    let response: PlanResponse = serde_json::from_str(&golden(&format!("plan/{case}.json"))).unwrap();
    let mut page = page(&response);
    change(&mut page);
    let text = plan(&page, &Clock::fixed(crate::NOW_NS), Length::Short);
    let wanted = recorded_stdout(&golden(&format!("plan/{case}.{recorded}")));
    assert_eq!(comparable(&text), comparable(&wanted), "{case}.{recorded}");
}

#[test]
fn recorded_plans_read_as_nomad_shows_them() {
    for case in cases() {
        check(&case, "txt", |_| {});
    }
}

#[test]
fn verbose_plans_show_all_of_new_parts() {
    for case in cases() {
        check(&case, "verbose.txt", |page| page.detail = Detail::Whole);
    }
}

#[test]
fn plans_can_leave_the_differences_out() {
    for case in cases() {
        check(&case, "nodiff.txt", |page| page.diff = false);
    }
}

#[test]
fn what_cannot_be_placed_is_explained() {
    let response: PlanResponse = serde_json::from_str(&golden("plan/exhausted-partial.json")).unwrap();
    let page = PlanPage { why: true, ..page(&response) };
    let text = plan(&page, &Clock::fixed(crate::NOW_NS), Length::Short);
    let start = text.find("Scheduler dry-run:").unwrap();
    let end = text.find("\n\nJob Modify Index").unwrap();
    expect![[r#"
        Scheduler dry-run:
        - WARNING: Failed to place all allocations.
          Task Group "g" (failed to place 25 allocations):
            * Resources exhausted on 1 nodes
            * Dimension "cpu" exhausted on 1 nodes
        - Why:
          Group "g": of 1 node looked at, 0 filtered and 1 without room
            1 node not enough CPU (task "t" asks 25000 MHz)"#]]
    .assert_eq(&text[start..end]);
}

#[test]
fn markers_are_coloured_on_request() {
    let response: PlanResponse = serde_json::from_str(&golden("plan/destructive-config.json")).unwrap();
    let page = PlanPage { colour: true, ..page(&response) };
    let text = plan(&page, &Clock::fixed(crate::NOW_NS), Length::Short);
    assert!(text.starts_with("\u{1b}[33m+/-\u{1b}[0m Job: "), "{text}");
}
