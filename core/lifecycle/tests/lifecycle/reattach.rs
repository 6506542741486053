//! What becomes of tasks that an earlier agent started.

use std::collections::BTreeMap;

use expect_test::expect;
use lifecycle::reattach::Found;
use model::{Name, RunState, TaskState, TaskStates};

use crate::script::{check_restored, task, with_tasks};

fn recorded(state: RunState) -> TaskStates {
    let mut task = TaskState::pending();
    task.state = state;
    TaskStates::from([(Name::from("web"), task)])
}

fn found(found: Found) -> BTreeMap<Name, Found> {
    BTreeMap::from([(Name::from("web"), found)])
}

#[test]
fn a_task_that_is_found_goes_on() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check_restored(
        &job,
        recorded(RunState::Running),
        found(Found::Recovered),
        "5s stop
         6s web exit 0",
        expect![[r#"
            0s begin
                report running (Tasks are running) web=running
            5s stop
                web: stop by SIGINT within 5s
            6s web exit 0
                web: destroy
                cleanup
                report complete (All tasks have completed) web=dead
        "#]],
    );
}

#[test]
fn a_task_that_is_lost_is_restarted_by_its_policy() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check_restored(
        &job,
        recorded(RunState::Running),
        found(Found::Lost { message: Name::from("its process is gone"), rebooted: false }),
        "30s web prepared
         30s web started",
        expect![[r#"
            0s begin
                web: destroy
                report pending (No tasks have started) web=pending
            16.5s (tick)
                web: prepare
            30s web prepared
                web: start
            30s web started
                report running (Tasks are running) web=running
        "#]],
    );
}

#[test]
fn a_reboot_of_the_host_is_no_fault_of_the_task() {
    let job = with_tasks(testkit::batch_job("sum"), vec![task("web")]);
    check_restored(
        &job,
        recorded(RunState::Running),
        found(Found::Lost { message: Name::from("the host was rebooted"), rebooted: true }),
        "1s prepared
         1s web prepared
         1s web started",
        expect![[r#"
            0s begin
                web: destroy
                prepare
                report pending (No tasks have started) web=pending
            1s prepared
                web: prepare
            1s web prepared
                web: start
            1s web started
                report running (Tasks are running) web=running
        "#]],
    );
}

#[test]
fn a_dead_task_stays_dead() {
    let job = with_tasks(testkit::batch_job("sum"), vec![task("web")]);
    check_restored(
        &job,
        recorded(RunState::Dead),
        BTreeMap::new(),
        "1s forget",
        expect![[r#"
        0s begin
            web: destroy
            cleanup
            report complete (All tasks have completed) web=dead
        1s forget
            remove
    "#]],
    );
}

#[test]
fn a_task_without_handle_starts_in_its_order() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check_restored(
        &job,
        recorded(RunState::Pending),
        BTreeMap::new(),
        "1s prepared
         1s web prepared",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            1s prepared
                web: prepare
            1s web prepared
                web: start
        "#]],
    );
}
