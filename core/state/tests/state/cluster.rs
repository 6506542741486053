//! The cluster's id, namespaces, node pools, configuration; index and time.

use model::{Name, Namespace, NodePool, SchedulerConfig, Timestamp};
use state::{Command, Entry, Reply, State, Table};
use testkit::job;

use crate::world::World;

#[test]
fn the_cluster_is_named_once() {
    let mut world = World::new();
    world.done(Command::InitCluster { id: Name::from("first") });
    world.done(Command::InitCluster { id: Name::from("second") });
    assert_eq!(&*world.state.cluster_id, "first");
}

#[test]
fn a_namespace_with_a_live_job_stays() {
    let mut world = World::new();
    world.done(Command::UpsertNamespace(Box::new(Namespace {
        name: "team".to_owned(),
        ..Namespace::default()
    })));
    assert_eq!(world.state.namespace("team").unwrap().create_index, 1);
    let mut web = job("web");
    web.namespace = "team".to_owned();
    world.register(web);
    let error = world.refused(Command::DeleteNamespace(Name::from("team")));
    assert_eq!(error.to_string(), "namespace \"team\" has non-terminal jobs");
    assert!(world.apply(Command::DeleteNamespace(Name::from("default"))).reply.is_err());
    assert!(world.apply(Command::DeleteNamespace(Name::from("nowhere"))).reply.is_err());
}

#[test]
fn a_node_pool_in_use_stays() {
    let mut world = World::new();
    world
        .done(Command::UpsertNodePool(Box::new(NodePool { name: "edge".to_owned(), ..NodePool::default() })));
    let mut node = testkit::node(0);
    node.pool = Name::from("edge");
    world.done(Command::RegisterNode { node: Box::new(node), evals: Vec::new() });
    let error = world.refused(Command::DeleteNodePool(Name::from("edge")));
    assert_eq!(error.to_string(), "node pool \"edge\" is in use");
    let built_in = NodePool { name: "all".to_owned(), ..NodePool::default() };
    assert!(world.apply(Command::UpsertNodePool(Box::new(built_in))).reply.is_err());
}

#[test]
fn the_configuration_is_compared_and_set() {
    let mut world = World::new();
    let mut set = |cas| {
        let config = Box::new(SchedulerConfig::initial());
        world.apply(Command::SetSchedulerConfig { config, cas }).reply.unwrap()
    };
    assert_eq!(set(Some(9)), Reply::Set(false));
    assert_eq!(set(Some(0)), Reply::Set(true));
    assert_eq!(set(None), Reply::Done);
    assert_eq!((world.state.config.create_index, world.state.config.modify_index), (2, 3));
    assert_eq!(world.state.indexes.of(Table::Config), 3);
}

#[test]
fn neither_index_nor_time_goes_back() {
    let mut state = State::new();
    state.base = 100;
    let entry = |now| Entry { now: Timestamp(now), command: Command::ReconcileSummaries };
    state.apply(5, &entry(50));
    assert_eq!((state.index, state.now), (105, Timestamp(50)));
    state.apply(6, &entry(40));
    assert_eq!((state.index, state.now), (106, Timestamp(50)));
    state.advance(7);
    assert_eq!(state.index, 107);
}

#[test]
fn a_restored_state_goes_on_where_it_was() {
    let mut state = State::new();
    state.advance(500);
    state.rebase(3);
    state.advance(4);
    assert_eq!(state.index, 501);
    state.rebase(900);
    assert_eq!(state.index, 497 + 900);
}
