//! Services and their checks, and the shutdown delay that follows their withdrawal.

use expect_test::expect;
use lifecycle::AllocMachine;
use lifecycle::alloc::{Action, Event};
use lifecycle::offer::{CheckRestartRules, CheckRules, Offer};
use model::{Job, Name, Nanos, ServiceInstance, Timestamp};

use crate::script::{check_offers, check_taken_over, rules_with, task, with_tasks};

fn offer(task: Option<&str>, name: &str, checks: Vec<CheckRules>) -> Offer {
    let instance = ServiceInstance {
        id: Name::from(format!("id-{name}")),
        name: Name::from(name),
        tags: Vec::new(),
        address: Name::from("127.0.0.1"),
        port: 80,
    };
    Offer { task: task.map(Name::from), instance, checks }
}

fn up(restart: Option<CheckRestartRules>) -> CheckRules {
    CheckRules { id: Name::from("up"), name: Name::from("up"), counts: true, restart }
}

fn delayed(delay: Nanos) -> Job {
    let mut job = testkit::job("web");
    job.task_groups[0].shutdown_delay = Some(delay);
    job
}

#[test]
fn services_are_withdrawn_before_the_delay_of_the_group() {
    let job = with_tasks(delayed(Nanos::from_secs(3)), vec![task("web"), task("db")]);
    check_offers(
        &job,
        vec![offer(None, "group", vec![]), offer(Some("db"), "db", vec![])],
        "0s prepared
         0s web prepared
         0s db prepared
         1s web started
         2s db started
         20s stop
         24s web exit 0
         24s db exit 0",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) db=pending web=pending
            0s prepared
                web: prepare
                db: prepare
            0s web prepared
                web: start
            0s db prepared
                db: start
            1s web started
                report running (Tasks are running) db=pending web=running +group:80
            2s db started
                report running (Tasks are running) db=running web=running +group:80 +db:80
            12s (tick)
                report running (Tasks are running) db=running web=running +group:80 +db:80 healthy
            20s stop
                report running (Tasks are running) db=running web=running healthy
            23s (tick)
                web: stop by SIGINT within 5s
                db: stop by SIGINT within 5s
            24s web exit 0
                web: destroy
                report running (Tasks are running) db=running web=dead healthy
            24s db exit 0
                db: destroy
                cleanup
                report complete (All tasks have completed) db=dead web=dead healthy
        "#]],
    );
}

#[test]
fn a_hurried_stop_leaves_the_delay_out() {
    let job = with_tasks(delayed(Nanos::from_secs(30)), vec![task("web")]);
    check_offers(
        &job,
        vec![offer(None, "group", vec![])],
        "0s prepared
         0s web prepared
         1s web started
         20s stop
         21s stop now
         22s web exit 0",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            1s web started
                report running (Tasks are running) web=running +group:80
            11s (tick)
                report running (Tasks are running) web=running +group:80 healthy
            20s stop
                report running (Tasks are running) web=running healthy
            21s stop now
                web: stop by SIGINT within 5s
            22s web exit 0
                web: destroy
                cleanup
                report complete (All tasks have completed) web=dead healthy
        "#]],
    );
}

#[test]
fn what_does_not_run_is_not_worth_the_delay() {
    let job = with_tasks(delayed(Nanos::from_secs(30)), vec![task("web"), task("db")]);
    check_offers(
        &job,
        vec![],
        "0s prepared
         0s web prepared
         0s db prepared
         1s web started
         1s db started
         2s db exit 1
         3s stop
         4s web exit 1",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) db=pending web=pending
            0s prepared
                web: prepare
                db: prepare
            0s web prepared
                web: start
            0s db prepared
                db: start
            1s web started
                report running (Tasks are running) db=pending web=running
            1s db started
                report running (Tasks are running) db=running web=running
            2s db exit 1
                db: destroy
                report running (Tasks are running) db=pending web=running
            3s stop
                db: destroy
                report running (Tasks are running) db=dead web=running
            4s web exit 1
                web: destroy
                web: destroy
                cleanup
                report complete (All tasks have completed) db=dead web=dead
        "#]],
    );
}

#[test]
fn a_task_that_restarts_offers_nothing_meanwhile() {
    let job = with_tasks(testkit::job("web"), vec![task("web"), task("db")]);
    check_offers(
        &job,
        vec![offer(None, "group", vec![]), offer(Some("db"), "db", vec![up(None)])],
        "0s prepared
         0s web prepared
         0s db prepared
         1s web started
         1s db started
         1s up passes
         2s db exit 1
         60s db prepared
         60s db started",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) db=pending web=pending
            0s prepared
                web: prepare
                db: prepare
            0s web prepared
                web: start
            0s db prepared
                db: start
            1s web started
                report running (Tasks are running) db=pending web=running +group:80
            1s db started
                run checks [up]
                report running (Tasks are running) db=running web=running +group:80 +db:80
            1s up passes
            2s db exit 1
                db: destroy
                run checks []
                report running (Tasks are running) db=pending web=running +group:80
            19.5s (tick)
                db: prepare
            1m0s db prepared
                db: start
            1m0s db started
                run checks [up]
                report running (Tasks are running) db=running web=running +group:80 +db:80
        "#]],
    );
}

#[test]
fn health_waits_for_the_checks_that_count() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check_offers(
        &job,
        vec![offer(None, "group", vec![up(None)])],
        "0s prepared
         0s web prepared
         1s web started
         2s up fails
         30s up passes
         35s up fails
         40s up passes
         60s up passes",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            1s web started
                run checks [up]
                report running (Tasks are running) web=running +group:80
            2s up fails
            30s up passes
            35s up fails
            40s up passes
            50s (tick)
                report running (Tasks are running) web=running +group:80 healthy
            1m0s up passes
        "#]],
    );
}

#[test]
fn checks_that_never_pass_make_it_unhealthy() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    check_offers(
        &job,
        vec![offer(None, "group", vec![up(None)])],
        "0s prepared
         0s web prepared
         1s web started
         2s up fails
         6m up passes",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            1s web started
                run checks [up]
                report running (Tasks are running) web=running +group:80
            2s up fails
            5m0s (tick)
                report running (Tasks are running) web=running +group:80 unhealthy
            6m0s up passes
        "#]],
    );
}

#[test]
fn a_check_that_fails_too_often_restarts_its_task_by_the_policy() {
    let mut job = testkit::job("web");
    job.task_groups[0].restart.as_mut().expect("a policy").attempts = 1;
    let job = with_tasks(job, vec![task("web")]);
    let restart = CheckRestartRules { limit: 2, grace: Nanos::from_secs(5), tasks: vec![Name::from("web")] };
    check_offers(
        &job,
        vec![offer(Some("web"), "web", vec![up(Some(restart))])],
        "0s prepared
         0s web prepared
         1s web started
         2s up fails
         3s up fails
         6s up fails
         7s up passes
         8s up fails
         9s up fails
         10s web exit 0
         60s web prepared
         60s web started
         70s up fails
         71s up fails
         72s web exit 0",
        expect![[r#"
            0s begin
                prepare
                report pending (No tasks have started) web=pending
            0s prepared
                web: prepare
            0s web prepared
                web: start
            1s web started
                run checks [up]
                report running (Tasks are running) web=running +web:80
            2s up fails
            3s up fails
            6s up fails
            7s up passes
            8s up fails
            9s up fails
                web: stop by SIGINT within 5s
                run checks []
                report running (Tasks are running) web=running
            10s web exit 0
                web: destroy
                report pending (No tasks have started) web=pending
            26.5s (tick)
                web: prepare
            1m0s web prepared
                web: start
            1m0s web started
                run checks [up]
                report running (Tasks are running) web=running +web:80
            1m10s up fails
            1m11s up fails
                web: stop by SIGINT within 5s
                run checks []
                report running (Tasks are running) web=running
            1m12s web exit 0
                web: destroy
                cleanup
                report failed (Failed tasks) web=dead! unhealthy
        "#]],
    );
}

#[test]
fn restarts_still_count_for_the_next_agent() {
    let mut job = testkit::job("web");
    let policy = job.task_groups[0].restart.as_mut().expect("a policy");
    policy.attempts = 1;
    policy.interval = Nanos::from_mins(30);
    let job = with_tasks(job, vec![task("web")]);
    check_taken_over(
        &job,
        "0s prepared
         0s web prepared
         0s web started
         1s web exit 1
         60s web prepared
         60s web started",
        "70s web exit 1",
        expect![[r#"
            0s begin
                report running (Tasks are running) web=running
            1m10s web exit 1
                web: destroy
                cleanup
                report failed (Failed tasks) web=dead! unhealthy
        "#]],
    );
}

#[test]
fn services_are_told_again_to_servers_that_gave_the_node_up() {
    let job = with_tasks(testkit::job("web"), vec![task("web")]);
    let reports = |offers: Vec<Offer>, silence: Nanos| {
        let begin = Timestamp(1_000_000_000_000_000_000);
        let (mut machine, _) = AllocMachine::new(begin, rules_with(&job, offers));
        let _ = machine.handle(begin, Event::Prepared { network: None });
        let _ = machine.handle(begin, Event::Disconnected(true));
        let actions = machine.handle(begin + silence, Event::Disconnected(false));
        actions.iter().filter(|action| matches!(action, Action::Report(_))).count()
    };
    let offers = || vec![offer(None, "group", vec![])];
    assert_eq!(reports(offers(), Nanos::from_secs(1)), 0);
    assert_eq!(reports(offers(), Nanos::from_secs(2)), 1);
    assert_eq!(reports(vec![], Nanos::from_secs(60)), 0);
}
