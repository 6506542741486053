//! What operators say about scheduling as a whole: pausing, and refusing registrations.

use control::request::{self, RegisterJob, ScaleJob};
use expect_test::expect;
use model::{JobKey, SchedulerConfig};
use state::Command;
use testkit::eval_id;

use crate::cluster::Cluster;
use crate::servers::{add_node, counted, register};

fn configure(cluster: &mut Cluster, change: impl FnOnce(&mut SchedulerConfig)) {
    let mut config = SchedulerConfig::clone(&cluster.state.config);
    change(&mut config);
    cluster.commit(Command::SetSchedulerConfig { config: Box::new(config), cas: None });
}

#[test]
fn a_paused_cluster_schedules_nothing_until_it_goes_on() {
    let mut cluster = Cluster::new(1);
    add_node(&mut cluster, 1);
    configure(&mut cluster, |config| config.pause_eval_broker = true);
    // The worker may have asked before.
    register(&mut cluster, counted("web", 1), 1);
    expect![[r#"
        1 × eval job-register pending
    "#]]
    .assert_eq(&cluster.show("web"));
    configure(&mut cluster, |config| config.pause_eval_broker = false);
    expect![[r#"
        1 × eval job-register complete
        1 × node-1 run/pending
    "#]]
    .assert_eq(&cluster.show("web"));
}

#[test]
fn a_new_leader_of_a_paused_cluster_stays_paused() {
    let mut cluster = Cluster::new(1);
    add_node(&mut cluster, 1);
    configure(&mut cluster, |config| config.pause_eval_broker = true);
    cluster.elect();
    register(&mut cluster, counted("web", 1), 1);
    expect![[r#"
        1 × eval job-register pending
    "#]]
    .assert_eq(&cluster.show("web"));
}

#[test]
fn registrations_are_refused_without_a_management_token_where_operators_say_so() {
    let mut cluster = Cluster::new(1);
    register(&mut cluster, counted("web", 1), 1);
    configure(&mut cluster, |config| config.reject_job_registration = true);
    let refused = "job registration, dispatch, and scale are disabled by the scheduler configuration";
    for management in [false, true] {
        let registration = RegisterJob {
            job: counted("web", 2),
            submission: None,
            enforce_index: None,
            preserve_counts: false,
            eval_priority: None,
            management,
            eval: eval_id(2),
        };
        let answer = request::register_job(&cluster.state, cluster.now, "global", registration);
        assert_eq!(answer.err().map(|error| error.to_string()), (!management).then(|| refused.to_owned()));
        let scale = ScaleJob {
            key: JobKey::new("default", "web"),
            group: "g".to_owned(),
            count: None,
            message: "a remark".to_owned(),
            error: false,
            meta: None,
            enforce_index: None,
            management,
            eval: eval_id(3),
        };
        let group = cluster.state.jobs().next().unwrap().task_groups[0].name.clone();
        let answer = request::scale_job(&cluster.state, cluster.now, ScaleJob { group, ..scale });
        assert_eq!(answer.err().map(|error| error.to_string()), (!management).then(|| refused.to_owned()));
    }
}
