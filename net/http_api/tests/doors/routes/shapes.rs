//! What is answered has the shape that was recorded.

use http_api::Watch;
use model::JobKey;
use serde_json::json;

use super::populate::World;
use super::replay::Recording;
use super::shape::Rules;

/// Objects whose keys are data, anywhere.
const MAPS: &[&str] = &[
    "**.Meta",
    "**.Summary",
    "**.TaskGroups",
    "**.TaskStates",
    "**.Tasks",
    "**.TaskResources",
    "**.TaskLifecycles",
    "**.Attributes",
    "**.Drivers",
    "**.HostNetworks",
    "**.Links",
    "**.Details",
    "**.Config",
    "**.Env",
    "**.QueuedAllocations",
    "**.FailedTGAllocs",
    "**.ClassEligibility",
    "**.DesiredTGUpdates",
    "**.NodesAvailable",
    "**.NodesInPool",
    "**.ClassFiltered",
    "**.ConstraintFiltered",
    "**.DimensionExhausted",
    "**.ClassExhausted",
    "**.Scores",
    "**.VariableFlags",
    "**.HostVolumes",
    "**.Matches",
    "**.Truncations",
    "**.Policy",
    "**.Tags",
    "**.Updates",
];

/// What a record leaves out when it is empty: which of them there are depends on the record's history.
const OPTIONAL: &[&str] = &[
    "[].BlockedEval",
    "[].DeploymentID",
    "[].FailedTGAllocs",
    "[].JobModifyIndex",
    "**.ClassEligibility",
    "**.FollowupEvalID",
    "**.NearestMiss",
    "**.NextAllocation",
    "**.PreviousEval",
    "**.QueuedAllocations",
    "**.StatusDescription",
];

/// What is not kept yet: plan annotations of evaluations that are no dry run, signing keys of identities, hashes
/// for replication, settings of Consul and Vault. May only shrink.
const NOT_KEPT: &[&str] = &[
    "[].PlanAnnotations",
    ".PlanAnnotations",
    ".SigningKeyID",
    ".IdentitySigningKeyID",
    ".LastAllocUpdateIndex",
    "**.Hash",
    "**.NodeIdentityTTL",
    "**.ConsulConfiguration",
    "**.VaultConfiguration",
    "**.OptionalExtraClaims",
    "**.RequiredExtraClaims",
];

/// How bodies are compared with recorded ones.
pub(super) const RULES: Rules<'_> = Rules { ignored: NOT_KEPT, maps: MAPS, optional: OPTIONAL };

/// Sends recorded requests to the cluster of the recordings; a path stands where ids have to be replaced.
pub(super) async fn check(world: &World, recordings: &[(&str, &str)]) {
    let state = world.fake.snapshot();
    let alloc_of = |job: &str| {
        let found = state.allocs_of_job(&JobKey::new("default", job)).next();
        found.unwrap_or_else(|| panic!("{job} has no allocation"))
    };
    let eval_of = |job: &str| {
        let found = state.evals_of_job(&JobKey::new("default", job)).next();
        found.unwrap_or_else(|| panic!("{job} has no evaluation"))
    };
    let blocked = state.evals().find(|eval| eval.status.as_str() == "blocked").unwrap();
    let deployment =
        |job: &str| state.latest_deployment(&JobKey::new("default", job)).unwrap().id.to_string();
    let web = alloc_of("web");
    let ids = [
        ("{alloc}", web.id.to_string()),
        ("{failed-alloc}", alloc_of("batch-fail").id.to_string()),
        ("{canary-alloc}", alloc_of("canary-app").id.to_string()),
        ("{eval}", eval_of("web").id.to_string()),
        ("{blocked}", blocked.id.to_string()),
        ("{node}", web.node.to_string()),
        ("{deployment}", deployment("web")),
        ("{canary}", deployment("canary-app")),
        ("{policy}", web.job.scaling_policies().next().unwrap().id.clone()),
    ];
    let mut found = Vec::new();
    for (name, path) in recordings {
        let recording = Recording::load(name);
        let path = ids.iter().fold((*path).to_owned(), |path, (hole, id)| path.replace(hole, id));
        let path = (!path.is_empty()).then_some(path);
        let answer = recording.send(world, path.as_deref()).await;
        found.extend(recording.differences(&answer, RULES));
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn jobs_read_as_recorded() {
    check(
        &World::populated().await,
        &[
            ("001-jobs-list", ""),
            ("002-jobs-prefix", ""),
            ("004-jobs-meta", ""),
            ("005-jobs-per-page", ""),
            ("007-jobs-reverse", ""),
            ("008-jobs-filter-status-and", ""),
            ("013-jobs-filter-in", ""),
            ("014-jobs-filter-matches", ""),
            ("016-jobs-pretty", ""),
            ("017-jobs-stale", ""),
            ("020-jobs-namespace-team", ""),
            ("022-jobs-prefix-none", ""),
            ("026-jobs-index-ready", ""),
            ("028-jobs-filter-parent-contains", ""),
            ("029-jobs-next-token", ""),
            ("105-job-allocations-all", ""),
            ("106-job-deployments-all", ""),
            ("107-job-deployment-canary", ""),
            ("048-job-web", ""),
            ("049-job-batch-fail", ""),
            ("058-job-versioned", ""),
            ("066-job-block", ""),
            ("067-job-allocations-web", ""),
            ("068-job-allocations-batch-fail", ""),
            ("071-job-evaluations-web", ""),
            ("075-job-summary-web", ""),
            ("079-job-deployment-web", ""),
            ("080-job-deployment-batch-fail", ""),
            ("083-job-deployments-web", ""),
            ("087-job-versions-web", ""),
            ("108-job-versions-diffs-true", ""),
            ("109-job-versions-diffs-true-diff_version-0", ""),
            ("114-job-submission-v0", ""),
            ("117-job-submission-versioned-2", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_job_that_is_not_there_has_empty_lists() {
    check(
        &World::populated().await,
        &[
            ("063-job-wrong-namespace", ""),
            ("070-job-allocations-ghost", ""),
            ("074-job-evaluations-ghost", ""),
            ("078-job-summary-ghost", ""),
            ("082-job-deployment-ghost", ""),
            ("086-job-deployments-ghost", ""),
            ("090-job-versions-ghost", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn allocations_evaluations_and_deployments_read_as_recorded() {
    check(
        &World::populated().await,
        &[
            ("129-allocs-list", ""),
            ("130-allocs-prefix", "/v1/allocations?prefix={alloc}"),
            ("133-allocs-filter", ""),
            ("132-allocs-no-states", ""),
            ("138-allocs-all-ns", ""),
            ("141-allocs-filter-job", ""),
            ("162-evals-reverse", ""),
            ("163-evals-all-ns", ""),
            ("166-evals-count-filter", ""),
            ("169-eval-placed", "/v1/evaluation/{eval}"),
            ("178-deployments-prefix", "/v1/deployments?prefix={deployment}"),
            ("180-deployments-per-page", ""),
            ("181-deployments-reverse", ""),
            ("184-deployment-web", "/v1/deployment/{deployment}"),
            ("143-alloc-web", "/v1/allocation/{alloc}"),
            ("144-alloc-batch-fail", "/v1/allocation/{failed-alloc}"),
            ("147-alloc-canary", "/v1/allocation/{canary-alloc}"),
            ("156-evals-list", ""),
            ("157-evals-filter", ""),
            ("159-evals-job", ""),
            ("160-evals-prefix", "/v1/evaluations?prefix={eval}"),
            ("165-evals-count-all", ""),
            ("168-eval-blocked", "/v1/evaluation/{blocked}?related=true"),
            ("172-eval-allocs", "/v1/evaluation/{blocked}/allocations"),
            ("177-deployments-list", ""),
            ("183-deployment-canary", "/v1/deployment/{canary}"),
            ("187-deployment-allocs", "/v1/deployment/allocations/{deployment}"),
        ],
    )
    .await;
}

#[tokio::test]
async fn nodes_pools_and_namespaces_read_as_recorded() {
    check(
        &World::populated().await,
        &[
            ("201-nodes-list", ""),
            ("202-nodes-resources", ""),
            ("204-nodes-prefix", "/v1/nodes?prefix={node}"),
            ("205-nodes-filter", ""),
            ("208-nodes-per-page", ""),
            ("226-nodepool-list-prefix", ""),
            ("358-namespace-prefix", ""),
            ("210-node", "/v1/node/{node}"),
            ("225-nodepool-list", ""),
            ("228-nodepool-get", ""),
            ("231-nodepool-jobs", ""),
            ("234-nodepool-create", ""),
            ("241-nodepool-delete", ""),
            ("355-namespace-list", ""),
            ("356-namespace-get", ""),
            ("359-namespace-create", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_cluster_reads_as_recorded() {
    check(
        &World::populated().await,
        &[
            ("376-search-jobs", ""),
            ("377-search-all", ""),
            ("379-search-empty", ""),
            ("382-search-ns", ""),
            ("385-search-odd-uuid", ""),
            ("422-agent-members", ""),
            ("424-agent-health-server", ""),
            ("446-status-leader", ""),
            ("447-status-peers", ""),
            ("449-status-leader-region", ""),
            ("455-operator-raft-config", ""),
            ("467-operator-sched-get", ""),
            ("468-operator-sched-put", ""),
            ("470-operator-sched-cas", ""),
            ("488-operator-reconcile", ""),
            ("612-system-gc", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn jobs_are_written_as_recorded() {
    check(
        &World::populated().await,
        &[
            ("503-job-register", ""),
            ("504-job-register-post", ""),
            ("513-job-register-enforce-ok", ""),
            ("516-job-register-lowercase", ""),
            ("519-job-register-periodic", ""),
            ("521-job-register-warn", ""),
            ("522-job-register-submission", ""),
            ("523-jobw-evaluate", ""),
            ("524-jobw-evaluate-empty", ""),
            ("562-jobw-plan", ""),
            ("563-jobw-plan-nodiff", ""),
            ("566-jobw-validate", ""),
            ("569-jobw-parse", ""),
            ("572-jobw-parse-vars", ""),
            ("574-jobw-stop", ""),
            ("575-jobw-stop-again", ""),
            ("577-jobw-stop-purge", ""),
            ("592-allocw-stop", "/v1/allocation/{alloc}/stop"),
        ],
    )
    .await;
}

#[tokio::test]
async fn versions_say_what_each_changed() {
    let world = World::populated().await;
    let mut seen = Vec::new();
    for query in ["diffs=true", "diffs=true&diff_version=0"] {
        let recording = if query.ends_with('0') {
            Recording::load("109-job-versions-diffs-true-diff_version-0")
        } else {
            Recording::load("108-job-versions-diffs-true")
        };
        let answer = world.get(&format!("/v1/job/versioned/versions?{query}")).await.json();
        seen.push((answer["Diffs"].clone(), recording.body()["Diffs"].clone()));
    }
    for (got, want) in seen {
        assert_eq!(got, want);
    }
}

#[tokio::test]
async fn a_submission_keeps_its_text() {
    let world = World::populated().await;
    let answer = world.get("/v1/job/web/submission?version=0").await.json();
    let source = std::fs::read_to_string(super::replay::testdata("api/jobs/web.nomad.hcl")).unwrap();
    assert_eq!(answer["Source"], json!(source));
    assert_eq!((&answer["Namespace"], &answer["JobID"]), (&json!("default"), &json!("web")));
    assert_eq!(world.get("/v1/job/web/submission?version=9").await.text, "job source not found");
}

#[tokio::test]
async fn a_blocked_read_returns_once_its_job_has_changed() {
    let world = World::populated().await;
    let before = world.get("/v1/job/web").await;
    let path = format!("/v1/job/web?index={}&wait=60s", before.index);
    let change = async {
        assert_eq!(world.ask("DELETE", "/v1/job/web", None).await.status, 200);
    };
    let (after, ()) = tokio::join!(world.get(&path), change);
    assert!(after.index > before.index, "{} is no newer than {}", after.index, before.index);
    assert_eq!(after.json()["Stop"], true);
}
