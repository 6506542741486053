//! `job plan`: the recorded plans of `testdata/plan`, each with the texts that Nomad made of it.

use std::path::PathBuf;

use api::view::PlanResponse;
use expect_test::expect;
use model::JobDraft;
use nomadctl::Environment;
use nomadctl::format::{Clock, Detail, Length};
use nomadctl::show::{PlanPage, plan, plan_why};
use serde_json::Value;

use crate::agent::Agent;
use crate::{Ran, run_with, trimmed};

/// A recorded plan.
struct Case(PathBuf);

impl Case {
    fn all() -> Vec<Case> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../testdata/plan");
        let folders = std::fs::read_dir(folder).unwrap();
        let mut cases: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        assert_eq!(cases.len(), 31);
        cases.into_iter().map(Case).collect()
    }

    fn named(name: &str) -> Case {
        Case(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../testdata/plan").join(name))
    }

    fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap()
    }

    fn answer(&self) -> Value {
        serde_json::from_str(&self.text("plan.json")).unwrap()
    }

    /// Runs the command that `recorded` is of against an agent that answers as recorded, and compares text and
    /// exit code; also whether the job that was sent is the one that the recorded answer is about.
    fn check(&self, recorded: &str) {
        let text = self.text(recorded);
        let (command, printed) = text.split_once('\n').unwrap();
        let flags = command.strip_prefix("$ nomad ").unwrap().strip_suffix(" new.nomad.hcl").unwrap();
        let answer = self.answer();
        let new: Value = serde_json::from_str(&self.text("new.json")).unwrap();
        let question = format!("PUT /v1/job/{}/plan", new["ID"].as_str().unwrap());
        let (status, body) = match answer.get("status") {
            Some(status) => (status.as_u64().unwrap(), answer["body"].as_str().unwrap().to_owned()),
            None => (200, answer.to_string()),
        };
        let agent = Agent::start(&[(&question, u16::try_from(status).unwrap(), &body)]);
        let path = self.0.join("new.nomad.hcl").to_str().unwrap().to_owned();
        let words: Vec<&str> = flags.split(' ').chain([path.as_str()]).collect();
        let env = Environment::of([("NOMAD_ADDR", agent.address.as_str())]);
        let mut ran = run_with(&words, env, "");
        ran.out = ran.out.replace(&path, "new.nomad.hcl");
        let whole = whole_output(&ran);
        assert_eq!(comparable(&whole), comparable(printed), "{} {recorded}", self.0.display());
        let asked = agent.asked().remove(0);
        let start = asked.find('{').unwrap();
        let sent: Value = serde_json::from_str(&asked[start..]).unwrap();
        let job = |json: &Value| JobDraft::from_json(json).unwrap().admit("global");
        assert!(job(&sent["Job"]) == job(&new), "{}: another job was sent", self.0.display());
    }
}

/// Writes a run as the recordings do; the reasons in words, which are of our own, are left out.
fn whole_output(ran: &Ran) -> String {
    let own = ran.err.find("\nWhy not all would be placed:\n").unwrap_or(ran.err.len());
    let err = &ran.err[..own];
    let err = if err.is_empty() { String::new() } else { format!("--- stderr\n{err}") };
    format!("{}{err}exit {}\n", ran.out, ran.code)
}

/// Removes what differs in every run: the distance of the next launch, and the program's name.
fn comparable(text: &str) -> String {
    let line = |line: &str| match line.split_once(" (") {
        Some((before, after)) if after.ends_with(" from now).") => before.to_owned(),
        _ => line.to_owned(),
    };
    trimmed(&text.replace("nomadctl job run", "nomad job run"))
        .lines()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

fn page(response: &PlanResponse) -> PlanPage<'_> {
    let detail = Detail::Folded;
    PlanPage { plan: response, diff: true, detail, flags: "", path: "new.nomad.hcl", colour: false }
}

#[test]
fn recorded_plans_read_as_nomad_shows_them_and_exit_alike() {
    for case in Case::all() {
        case.check("cli.txt");
    }
}

#[test]
fn verbose_plans_show_all_of_new_parts() {
    for case in Case::all() {
        case.check("cli_verbose.txt");
    }
}

#[test]
fn plans_can_leave_the_differences_out() {
    for case in Case::all() {
        case.check("cli_nodiff.txt");
    }
}

#[test]
fn what_cannot_be_placed_is_explained() {
    let response: PlanResponse = serde_json::from_value(Case::named("exhausted-partial").answer()).unwrap();
    expect![[r#"
        Why not all would be placed:
          Group "g": of 1 node looked at, 0 filtered and 1 without room
            1 node not enough CPU (task "t" asks 25000 MHz)"#]]
    .assert_eq(&plan_why(&response).unwrap());
    let placed: PlanResponse = serde_json::from_value(Case::named("add-task").answer()).unwrap();
    assert_eq!(plan_why(&placed), None);
}

#[test]
fn markers_are_coloured_on_request() {
    let response: PlanResponse = serde_json::from_value(Case::named("destructive-config").answer()).unwrap();
    let page = PlanPage { colour: true, ..page(&response) };
    let text = plan(&page, &Clock::fixed(crate::NOW_NS), Length::Short);
    assert!(text.starts_with("\u{1b}[33m+/-\u{1b}[0m Job: "), "{text}");
}
