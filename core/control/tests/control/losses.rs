//! Proposals that consensus loses or keeps waiting for while the leader goes on leading.

use control::{Event, HeartbeatOptions, ServerOptions};
use model::{Nanos, NodeStatus};
use testkit::node_id;

use crate::cluster::{Cluster, Consensus};
use crate::servers::{add_node, counted, register};

fn status(cluster: &Cluster, node: u64) -> NodeStatus {
    cluster.state.node(node_id(node)).expect("the node is there").status
}

#[test]
fn a_lost_proposal_is_made_again_less_and_less_often() {
    let mut cluster = Cluster::new(1);
    add_node(&mut cluster, 1);
    cluster.send(Event::Pings(vec![node_id(1)]));
    cluster.consensus = Consensus::Loses;
    cluster.proposed = 0;
    cluster.pass(Nanos::from_secs(63));
    // 2.7 s until the silence is noticed; then after 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2 s and every 5 s.
    assert_eq!(cluster.proposed, 18);
    assert_eq!(status(&cluster, 1), NodeStatus::Ready);
    cluster.consensus = Consensus::Commits;
    cluster.pass(Nanos::from_secs(5));
    assert_eq!(status(&cluster, 1), NodeStatus::Down);
}

#[test]
fn the_end_of_an_evaluation_is_proposed_until_it_is_committed() {
    let mut cluster = Cluster::new(1);
    cluster.lazy = true;
    register(&mut cluster, counted("web", 1), 1);
    cluster.consensus = Consensus::Loses;
    cluster.pass(Nanos::from_mins(5));
    assert!(cluster.show("web").contains("eval job-register pending"));
    cluster.consensus = Consensus::Commits;
    cluster.pass(Nanos::from_secs(6));
    assert!(cluster.show("web").contains("eval job-register failed"), "{}", cluster.show("web"));
}

#[test]
fn garbage_is_collected_by_one_pass_at_a_time() {
    let mut cluster = Cluster::new(1);
    add_node(&mut cluster, 1);
    register(&mut cluster, counted("web", 0), 1);
    cluster.pass(Nanos::from_secs(1));
    cluster.consensus = Consensus::Holds;
    cluster.proposed = 0;
    cluster.send(Event::ForceGc);
    let pass = cluster.proposed;
    assert!(pass > 0, "there is something to forget: {}", cluster.show("web"));
    cluster.send(Event::ForceGc);
    assert_eq!(cluster.proposed, pass);
    cluster.release();
    assert_eq!(cluster.show("web"), "");
}

#[test]
fn a_grace_that_ends_before_the_silence_is_recorded_is_not_forgotten() {
    let heartbeat = HeartbeatOptions { grace: Nanos::from_secs(2), ..HeartbeatOptions::default() };
    let options = ServerOptions { heartbeat, ..ServerOptions::default() };
    let mut cluster = Cluster::with_options(1, options);
    add_node(&mut cluster, 1);
    register(&mut cluster, counted("web", 2), 1);
    add_node(&mut cluster, 2);
    cluster.send(Event::Pings(vec![node_id(1), node_id(2)]));
    cluster.pass(Nanos::from_secs(2));
    cluster.send(Event::Pings(vec![node_id(2)]));
    // The silence of the first node is noticed and its grace ends while the proposal that says so is in flight.
    cluster.consensus = Consensus::Holds;
    cluster.pass(Nanos::from_millis(1_500));
    assert_eq!(status(&cluster, 1), NodeStatus::Ready);
    cluster.release();
    assert_eq!(status(&cluster, 1), NodeStatus::Down);
    assert_eq!(status(&cluster, 2), NodeStatus::Ready);
}
