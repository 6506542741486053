//! Events in words, one a line, and what the machine does with each.
//!
//! `5s web exit 1` means that five seconds after the start the task `web` exits with code 1. Between two lines
//! the clock stops wherever the machine asks to be woken.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use expect_test::Expect;
use lifecycle::alloc::{Action, AllocMachine, AllocRules, Event};
use lifecycle::offer::Offer;
use lifecycle::reattach::{Found, Recorded};
use lifecycle::task::{self, Exit};
use model::{AllocUpdate, Job, Lifecycle, Name, Nanos, Task, TaskStates, Timestamp};

const BEGIN: Timestamp = Timestamp(1_000_000_000_000_000_000);

/// A main task.
pub(crate) fn task(name: &str) -> Task {
    testkit::task(name)
}

/// A task of a hook.
pub(crate) fn hook(name: &str, hook: &str, sidecar: bool) -> Task {
    Task { lifecycle: Some(Lifecycle { hook: hook.to_owned(), sidecar }), ..testkit::task(name) }
}

/// A job with one group of these tasks.
pub(crate) fn with_tasks(mut job: Job, tasks: Vec<Task>) -> Arc<Job> {
    job.task_groups[0].tasks = tasks;
    Arc::new(job)
}

fn rules(job: &Arc<Job>) -> AllocRules {
    rules_with(job, Vec::new())
}

/// The rules of an allocation that offers services.
pub(crate) fn rules_with(job: &Arc<Job>, offers: Vec<Offer>) -> AllocRules {
    AllocRules {
        offers,
        id: testkit::alloc_id("web", 1),
        job: Arc::clone(job),
        group: Name::from(job.task_groups[0].name.as_str()),
        in_deployment: true,
        max_kill_timeout: Nanos::from_secs(30),
    }
}

/// Checks what a new allocation does.
pub(crate) fn check(job: &Arc<Job>, script: &str, expected: Expect) {
    let (machine, actions) = AllocMachine::new(BEGIN, rules(job));
    expected.assert_eq(&Run::new(machine, &actions).play(script));
}

/// Checks what a new allocation that no deployment waits for does.
pub(crate) fn check_alone(job: &Arc<Job>, script: &str, expected: Expect) {
    let rules = AllocRules { in_deployment: false, ..rules(job) };
    let (machine, actions) = AllocMachine::new(BEGIN, rules);
    expected.assert_eq(&Run::new(machine, &actions).play(script));
}

/// Checks what a new allocation that offers services does.
pub(crate) fn check_offers(job: &Arc<Job>, offers: Vec<Offer>, script: &str, expected: Expect) {
    let (machine, actions) = AllocMachine::new(BEGIN, rules_with(job, offers));
    expected.assert_eq(&Run::new(machine, &actions).play(script));
}

/// Checks what a restored allocation does.
pub(crate) fn check_restored(
    job: &Arc<Job>,
    recorded: TaskStates,
    found: BTreeMap<Name, Found>,
    script: &str,
    expected: Expect,
) {
    let recorded = Recorded { tasks: recorded, restarts: BTreeMap::new() };
    let (machine, actions) = AllocMachine::restore(BEGIN, rules(job), recorded, found);
    expected.assert_eq(&Run::new(machine, &actions).play(script));
}

/// Plays a script, then has another agent take over what it recorded, and checks what that one does.
pub(crate) fn check_taken_over(job: &Arc<Job>, script: &str, later: &str, expected: Expect) {
    let (machine, actions) = AllocMachine::new(BEGIN, rules(job));
    let mut run = Run::new(machine, &actions);
    run.advance(script);
    let state =
        |task: &Task| Some((Name::from(task.name.as_str()), run.machine.task(&task.name)?.state().clone()));
    let tasks: TaskStates = job.task_groups[0].tasks.iter().filter_map(state).collect();
    let found = tasks.iter().map(|(name, _)| (name.clone(), Found::Recovered)).collect();
    let recorded = Recorded { tasks, restarts: run.machine.restart_windows() };
    let (machine, actions) = AllocMachine::restore(run.now, rules(job), recorded, found);
    let mut second = Run::new(machine, &actions);
    second.now = run.now;
    expected.assert_eq(&second.play(later));
}

struct Run {
    machine: AllocMachine,
    now: Timestamp,
    wake_at: Option<Timestamp>,
    shown: String,
    out: String,
}

impl Run {
    fn new(machine: AllocMachine, actions: &[Action]) -> Self {
        let mut run = Self { machine, now: BEGIN, wake_at: None, shown: String::new(), out: String::new() };
        run.show("begin", actions);
        run
    }

    fn play(mut self, script: &str) -> String {
        self.advance(script);
        self.out
    }

    fn advance(&mut self, script: &str) {
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (time, words) = line.split_once(' ').expect("time, then words");
            self.pass_time(BEGIN + parse_span(time));
            let event = parse_event(words);
            let actions = self.machine.handle(self.now, event);
            self.show(words, &actions);
        }
    }

    /// Ticks whenever the machine asks for it, at most a hundred times.
    fn pass_time(&mut self, until: Timestamp) {
        for _ in 0..100 {
            let Some(at) = self.wake_at.filter(|at| *at < until) else { break };
            self.wake_at = None;
            self.now = self.now.max(at);
            let actions = self.machine.handle(self.now, Event::Tick);
            self.show("(tick)", &actions);
        }
        self.now = until;
    }

    fn show(&mut self, cause: &str, actions: &[Action]) {
        let mut lines = Vec::new();
        for action in actions {
            match action {
                Action::Prepare => lines.push("prepare".to_owned()),
                Action::Task { task, action } => lines.push(format!("{task}: {}", show_task(action))),
                Action::RunChecks(checks) => lines.push(format!("run checks [{}]", checks.join(" "))),
                Action::Report(update) => {
                    let text = show_update(update);
                    if text != self.shown {
                        lines.push(format!("report {text}"));
                        self.shown = text;
                    }
                }
                Action::Cleanup => lines.push("cleanup".to_owned()),
                Action::Remove => lines.push("remove".to_owned()),
                Action::WakeAt(at) => self.wake_at = Some(*at),
            }
        }
        if lines.is_empty() && cause == "(tick)" {
            return;
        }
        let time = Nanos(self.now.since(BEGIN).0 / 100_000_000 * 100_000_000);
        writeln!(self.out, "{time} {cause}").expect("write to a string");
        for line in lines {
            writeln!(self.out, "    {line}").expect("write to a string");
        }
    }
}

fn show_task(action: &task::Action) -> String {
    match action {
        task::Action::Prepare => "prepare".to_owned(),
        task::Action::Start => "start".to_owned(),
        task::Action::Stop { signal, timeout } => format!("stop by {signal} within {timeout}"),
        task::Action::Destroy => "destroy".to_owned(),
    }
}

fn show_update(update: &AllocUpdate) -> String {
    let tasks: Vec<String> = update
        .tasks
        .iter()
        .map(|(name, state)| format!("{name}={}{}", state.state, if state.failed { "!" } else { "" }))
        .collect();
    let health = match update.healthy {
        Some((true, _)) => " healthy",
        Some((false, _)) => " unhealthy",
        None => "",
    };
    let services: String =
        update.services.iter().map(|service| format!(" +{}:{}", service.name, service.port)).collect();
    format!("{} ({}) {}{services}{health}", update.status, update.description, tasks.join(" "))
}

fn parse_span(text: &str) -> Nanos {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let number: i64 = digits.parse().expect("a number");
    match &text[digits.len()..] {
        "ms" => Nanos::from_millis(number),
        "s" => Nanos::from_secs(number),
        "m" => Nanos::from_mins(number),
        unit => panic!("unknown unit {unit:?}"),
    }
}

fn parse_event(words: &str) -> Event {
    match words {
        "prepared" => return Event::Prepared { network: None },
        "prepare failed" => return Event::PrepareFailed { message: Name::from("no room for the directory") },
        "stop" => return Event::Stop { no_shutdown_delay: false },
        "stop now" => return Event::Stop { no_shutdown_delay: true },
        "forget" => return Event::Forget,
        "restart" => return Event::Restart { task: None, reason: Name::from("asked for") },
        "disconnected" => return Event::Disconnected(true),
        "connected" => return Event::Disconnected(false),
        _ => {}
    }
    let (task, words) = words.split_once(' ').expect("a task, then words");
    if let "passes" | "fails" = words {
        return Event::Checked { check: Name::from(task), passing: words == "passes" };
    }
    let event = match words {
        "prepared" => task::Event::Prepared,
        "started" => task::Event::Started,
        "start failed" => {
            task::Event::StartFailed { message: Name::from("no such image"), recoverable: true }
        }
        "start refused" => task::Event::StartFailed { message: Name::from("bad config"), recoverable: false },
        other => {
            let code = other.strip_prefix("exit ").expect("a known event").parse().expect("a code");
            task::Event::Exited(Exit { code, signal: 0, oom_killed: false, error: Name::from("") })
        }
    };
    Event::Task { task: Name::from(task), event }
}
