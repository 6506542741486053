//! The evaluation broker.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use control::eval_broker::{EvalBroker, Nacked};
use control::{BrokerOptions, Token};
use expect_test::{Expect, expect};
use model::{Eval, EvalTrigger, JobKey, JobKind, Nanos, Timestamp};
use testkit::eval_id;

/// Runs lines such as `0s enqueue 1 web 50`, `1s dequeue`, `2s ack 1`, `3s nack 1`, `60s tick`.
fn check(script: &str, expected: Expect) {
    let mut broker = EvalBroker::new(BrokerOptions::default(), 7);
    let mut tokens: BTreeMap<u64, Token> = BTreeMap::new();
    let mut out = String::new();
    for line in script.lines().map(str::trim) {
        let words: Vec<&str> = line.split(' ').collect();
        let now = at(words[0]);
        let number = words.get(2).and_then(|word| word.parse().ok()).unwrap_or(0);
        let answer = match words[1] {
            "enqueue" => {
                let mut eval = eval(number, words[3], words[4].parse().expect("valid in a test"));
                if let Some(until) = words.get(5) {
                    eval.wait_until = at(until);
                }
                broker.enqueue(now, Arc::new(eval));
                continue;
            }
            "dequeue" => match broker.dequeue(now, &JobKind::ALL) {
                Some(delivery) => {
                    let number = (0..100)
                        .find(|number| eval_id(*number) == delivery.eval.id)
                        .expect("valid in a test");
                    tokens.insert(number, delivery.token);
                    format!("{number} of {}", delivery.eval.job.id)
                }
                None => "nothing".to_owned(),
            },
            "ack" => format!("{:?}", broker.ack(now, eval_id(number), tokens[&number]).is_ok()),
            "nack" => match broker.nack(now, eval_id(number), tokens[&number], None) {
                Ok(Nacked::Again(at)) => format!("again in {}", at.since(now)),
                Ok(Nacked::Failed) => "failed".to_owned(),
                Err(error) => error.to_string().split(' ').skip(2).collect::<Vec<_>>().join(" "),
            },
            "tick" => {
                broker.tick(now);
                String::new()
            }
            other => panic!("unknown word {other:?}"),
        };
        let overtaken: Vec<u64> =
            broker.take_cancelable(100).iter().map(|eval| u64::from(eval.priority)).collect();
        let failed = broker.take_failed().len();
        write!(out, "{line}: {answer}").expect("valid in a test");
        if !overtaken.is_empty() {
            write!(out, " overtaken: {overtaken:?}").expect("valid in a test");
        }
        if failed > 0 {
            write!(out, " given up: {failed}").expect("valid in a test");
        }
        out.push('\n');
    }
    expected.assert_eq(&out);
}

fn at(text: &str) -> Timestamp {
    let seconds: i64 = text.trim_end_matches('s').parse().expect("valid in a test");
    Timestamp(1_000_000_000_000) + Nanos::from_secs(seconds)
}

fn eval(number: u64, job: &str, priority: u8) -> Eval {
    let key = JobKey::new("default", job);
    let mut eval = Eval::new(eval_id(number), key, JobKind::Service, priority, EvalTrigger::JobRegister);
    eval.create_index = number;
    eval.modify_index = number;
    eval
}

#[test]
fn higher_priorities_go_first_then_older_ones() {
    check(
        "0s enqueue 1 web 50
         0s enqueue 2 api 50
         0s enqueue 3 db 80
         0s dequeue
         0s dequeue
         0s dequeue
         0s dequeue",
        expect![[r#"
            0s dequeue: 3 of db
            0s dequeue: 1 of web
            0s dequeue: 2 of api
            0s dequeue: nothing
        "#]],
    );
}

#[test]
fn of_one_job_one_evaluation_is_worked_on_and_only_the_newest_waits() {
    check(
        "0s enqueue 1 web 50
         0s dequeue
         0s enqueue 2 web 51
         0s enqueue 3 web 52
         0s dequeue
         1s ack 1
         1s dequeue
         2s ack 3",
        expect![[r#"
            0s dequeue: 1 of web
            0s dequeue: nothing
            1s ack 1: true overtaken: [51]
            1s dequeue: 3 of web
            2s ack 3: true
        "#]],
    );
}

#[test]
fn an_evaluation_that_nobody_finishes_is_given_up_after_three_deliveries() {
    check(
        "0s enqueue 1 web 50
         0s dequeue
         1s nack 1
         1s dequeue
         2s tick
         2s dequeue
         61s dequeue
         62s tick
         81s tick
         81s dequeue
         82s tick
         82s dequeue
         83s nack 1",
        expect![[r#"
            0s dequeue: 1 of web
            1s nack 1: again in 1s
            1s dequeue: nothing
            2s tick: 
            2s dequeue: 1 of web
            61s dequeue: nothing
            62s tick: 
            81s tick: 
            81s dequeue: nothing
            82s tick: 
            82s dequeue: 1 of web
            83s nack 1: failed given up: 1
        "#]],
    );
}

#[test]
fn a_token_is_good_for_one_delivery() {
    check(
        "0s enqueue 1 web 50
         0s dequeue
         60s tick
         60s nack 1",
        expect![[r#"
            0s dequeue: 1 of web
            60s tick: 
            60s nack 1: is not outstanding
        "#]],
    );
}

#[test]
fn a_delayed_evaluation_waits_for_its_time() {
    check(
        "0s enqueue 1 web 50 10s
         5s tick
         5s dequeue
         10s tick
         10s dequeue",
        expect![[r#"
            5s tick: 
            5s dequeue: nothing
            10s tick: 
            10s dequeue: 1 of web
        "#]],
    );
}

#[test]
fn a_paused_broker_hands_nothing_out() {
    let mut broker = EvalBroker::new(BrokerOptions::default(), 7);
    broker.pause(true);
    broker.enqueue(at("0s"), Arc::new(eval(1, "web", 50)));
    assert!(broker.dequeue(at("0s"), &JobKind::ALL).is_none());
    broker.pause(false);
    assert!(broker.dequeue(at("0s"), &[JobKind::Batch]).is_none());
    assert!(broker.dequeue(at("0s"), &[JobKind::Batch, JobKind::Service]).is_some());
}

#[test]
fn a_full_broker_asks_for_what_it_left_out_once_there_is_room() {
    let options = BrokerOptions { capacity: 2, ..BrokerOptions::default() };
    let mut broker = EvalBroker::new(options, 7);
    for number in 1..=3 {
        broker.enqueue(at("0s"), Arc::new(eval(number, &format!("job-{number}"), 50)));
    }
    assert_eq!(broker.len(), 2);
    assert!(!broker.has_forgotten());
    let delivery = broker.dequeue(at("0s"), &JobKind::ALL).expect("valid in a test");
    broker.ack(at("0s"), delivery.eval.id, delivery.token).expect("valid in a test");
    assert!(broker.has_forgotten());
    assert!(!broker.has_forgotten());
}

#[test]
fn a_held_evaluation_is_not_taken_away_while_its_plan_is_queued() {
    let mut broker = EvalBroker::new(BrokerOptions::default(), 7);
    broker.enqueue(at("0s"), Arc::new(eval(1, "web", 50)));
    let delivery = broker.dequeue(at("0s"), &JobKind::ALL).expect("valid in a test");
    broker.hold(at("50s"), delivery.eval.id, true);
    broker.tick(at("100s"));
    assert!(broker.check(delivery.eval.id, delivery.token).is_ok());
    broker.hold(at("100s"), delivery.eval.id, false);
    broker.tick(at("159s"));
    assert!(broker.check(delivery.eval.id, delivery.token).is_ok());
    broker.tick(at("160s"));
    assert!(broker.check(delivery.eval.id, delivery.token).is_err());
}
