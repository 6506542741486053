//! What operators do to the servers' own group, as recorded; and the archive of the state.

use super::populate::World;
use super::shapes::check;

#[tokio::test]
async fn the_group_of_servers_answers_as_recorded() {
    check(
        &World::populated().await,
        &[
            ("455-operator-raft-config", ""),
            ("456-operator-raft-peer-noid", ""),
            ("458-operator-raft-transfer-noarg", ""),
            ("459-operator-raft-peer-address", ""),
            ("461-operator-autopilot-get", ""),
            ("462-operator-autopilot-put", ""),
            ("464-operator-autopilot-post", ""),
            ("465-operator-autopilot-health", ""),
            ("486-operator-snapshot-bad", ""),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_configuration_of_the_autopilot_is_changed_only_by_who_knows_it() {
    let world = World::populated().await;
    const PATH: &str = "/v1/operator/autopilot/configuration";
    let put = async |query: &str, body: &str| {
        let answer = world.ask("PUT", &format!("{PATH}{query}"), Some(body.to_owned())).await;
        (answer.status, answer.text)
    };
    assert_eq!(put("", r#"{"MaxTrailingLogs":7,"lastcontactthreshold":"1s"}"#).await, (200, "true".into()));
    let known = world.ask("GET", PATH, None).await.json();
    assert_eq!((&known["MaxTrailingLogs"], &known["LastContactThreshold"]), (&7.into(), &"1s".into()));
    assert_eq!(known["CleanupDeadServers"], true, "what is not given stays");
    let index = known["ModifyIndex"].as_u64().unwrap();
    assert_eq!(put(&format!("?cas={}", index - 1), r#"{"MinQuorum":3}"#).await, (200, "false".into()));
    assert_eq!(put(&format!("?cas={index}"), r#"{"MinQuorum":3}"#).await, (200, "true".into()));
    let (status, text) = put("", r#"{"ServerStabilizationTime":"soon"}"#).await;
    let expected = "Error parsing autopilot config: ServerStabilizationTime must be a duration such as 200ms";
    assert_eq!((status, text.as_str()), (400, expected));
}

#[tokio::test]
async fn other_methods_are_refused_as_the_real_thing_does() {
    let world = World::populated().await;
    for (method, path, status, text) in [
        ("PUT", "/v1/operator/raft/configuration", 405, ""),
        ("GET", "/v1/operator/raft/peer", 404, "Invalid method"),
        ("GET", "/v1/operator/raft/transfer-leadership", 404, "Invalid method"),
    ] {
        let answer = world.ask(method, path, None).await;
        assert_eq!((answer.status, answer.text.as_str()), (status, text), "{method} {path}");
    }
}

#[tokio::test]
async fn an_archive_comes_with_its_sum() {
    let world = World::populated().await;
    let answer = world.ask("GET", "/v1/operator/snapshot", None).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/x-gzip"));
    let restored = world.ask("PUT", "/v1/operator/snapshot", Some(answer.text)).await;
    assert_eq!((restored.status, restored.text.as_str()), (200, ""));
}
