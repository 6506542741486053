//! The event stream: one JSON object a line, from an index on.

use std::time::Duration;

use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::populate::World;

/// The events of the first batch that a stream sends.
async fn first_batch(world: &World, query: &str) -> Vec<Value> {
    tokio::time::timeout(Duration::from_secs(5), read_batch(world, query)).await.unwrap()
}

async fn read_batch(world: &World, query: &str) -> Vec<Value> {
    let mut body = world.open(&format!("/v1/event/stream?{query}")).await;
    loop {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let line: Value = serde_json::from_slice(&frame).unwrap();
        if let Some(events) = line["Events"].as_array() {
            return events.clone();
        }
        assert_eq!(line, json!({}), "a line without events is a heartbeat");
    }
}

#[tokio::test]
async fn a_stream_begins_at_its_index_and_keeps_to_its_topics() {
    let world = World::populated().await;
    let events = first_batch(&world, "topic=Job:versioned&index=1").await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!((&events[0]["Topic"], &events[0]["Type"]), (&json!("Job"), &json!("JobRegistered")));
    assert_eq!(events[0]["Payload"]["Job"]["Version"], 0);

    let events = first_batch(&world, "topic=Allocation:web&index=1").await;
    assert!(!events.is_empty() && events.iter().all(|event| event["Topic"] == "Allocation"), "{events:?}");
    assert_eq!(events[0]["Payload"]["Allocation"]["JobID"], "web");
}

#[tokio::test]
async fn a_stream_without_an_index_sends_what_comes() {
    let world = World::populated().await;
    let stop = async {
        assert_eq!(world.ask("DELETE", "/v1/job/web", None).await.status, 200);
    };
    let (events, ()) = tokio::join!(first_batch(&world, "topic=Job"), stop);
    assert_eq!((&events[0]["Key"], &events[0]["Type"]), (&json!("web"), &json!("JobDeregistered")));
}
