//! Errors have the status and the words that clients look for.

use super::populate::World;
use super::replay::Recording;
use super::shape::Rules;

#[tokio::test]
async fn errors_are_worded_as_recorded() {
    let world = World::populated().await;
    for (job, body) in [
        ("w-one", "503-job-register"),
        ("w-cas", "513-job-register-enforce-ok"),
        ("w-per", "519-job-register-periodic"),
    ] {
        let answer = Recording::load(body).send(&world, None).await;
        assert_eq!(answer.status, 200, "{job}: {}", answer.text);
    }
    let names = [
        "011-jobs-per-page-bad",
        "019-jobs-region-bad",
        "023-jobs-index-wait-bad",
        "031-jobs-delete-405",
        "034-unknown-route",
        "032-jobs-patch-405",
        "044-job-delete-405",
        "046-search-get-405",
        "047-parse-get-405",
        "214-node-allocs-404",
        "111-job-versions-diff_version-zz-diffs-true",
        "112-job-versions-diffs-true-diff_tag-ghost",
        "115-job-submission-missing-version",
        "118-job-submission-bad",
        "135-allocs-prefix-odd",
        "136-allocs-prefix-bad",
        "149-alloc-short",
        "150-alloc-notuuid",
        "155-alloc-unknown-sub",
        "171-eval-404",
        "174-eval-bad-id",
        "186-deployment-404",
        "189-deployment-badid",
        "207-nodes-prefix-bad",
        "211-node-404",
        "213-node-badid",
        "229-nodepool-404",
        "232-nodepool-nodes-prefix",
        "237-nodepool-mismatch",
        "238-nodepool-builtin",
        "243-nodepool-delete-builtin",
        "362-namespace-mismatch",
        "367-namespace-delete-404",
        "380-search-bad-context",
        "386-search-badjson",
        "450-status-leader-bad-region",
        "489-operator-reconcile-get",
        "506-job-register-noid",
        "507-job-register-badjson",
        "509-job-register-emptybody",
        "510-job-register-invalid",
        "512-job-register-region404",
        "518-job-update-mismatch",
        "526-jobw-evaluate-periodic",
        "565-jobw-plan-nojob",
        "568-jobw-validate-nojob",
        "578-jobw-stop-badbool",
        "580-jobw-stop-badpri",
        "593-allocw-stop-404",
        "605-events-badindex",
    ];
    let mut found = Vec::new();
    for name in names {
        let recording = Recording::load(name);
        let answer = recording.send(&world, None).await;
        found.extend(recording.differences(&answer, Rules::default()));
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn errors_that_name_our_own_parser_begin_as_recorded() {
    let world = World::populated().await;
    for (name, beginning) in [
        (
            "010-jobs-bad-filter-syntax",
            "failed to create result paginator: failed to read filter expression: 1:8",
        ),
        ("139-allocs-bad-filter", "failed to create result paginator: failed to read filter expression: 1:4"),
        ("571-jobw-parse-bad", "Failed to parse job: input.hcl:1,5-6: "),
    ] {
        let recording = Recording::load(name);
        assert!(recording.body().as_str().unwrap().starts_with(beginning), "{name}");
        let answer = recording.send(&world, None).await;
        assert_eq!(answer.status, 400, "{name}: {}", answer.text);
        assert!(answer.text.starts_with(beginning), "{name}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_job_of_another_index_is_not_overwritten() {
    let world = World::populated().await;
    let first = Recording::load("513-job-register-enforce-ok").send(&world, None).await.json();
    let answer = Recording::load("515-job-register-enforce-stale").send(&world, None).await;
    assert_eq!(answer.status, 500);
    let index = &first["JobModifyIndex"];
    let text = format!("Enforcing job modify index 2: job exists with conflicting job modify index: {index}");
    assert_eq!(answer.text, text);
}

#[tokio::test]
async fn a_read_that_would_wait_for_no_index_is_refused() {
    let world = World::empty();
    for path in ["/v1/jobs?index=abc", "/v1/job/web?index=-1", "/v1/nodes?index=1.5"] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (400, "Invalid index"), "{path}");
    }
}
