//! Services are listed as recorded, chosen by key, and deleted by id.

use serde_json::{Value, json};

use super::populate::World;
use super::shapes::check;

#[tokio::test]
async fn services_read_as_recorded() {
    check(
        &World::populated().await,
        &[
            ("306-services-list", ""),
            ("307-service-web", ""),
            ("309-services-all-ns", ""),
            ("310-service-choose", ""),
            ("312-service-filter", ""),
            ("313-service-per-page", ""),
            ("315-service-canary", ""),
            ("316-services-prefix", ""),
            ("095-job-services-web", ""),
            ("098-job-services-ghost", ""),
            ("152-alloc-services-404", ""),
        ],
    )
    .await;
}

fn ids(services: &Value) -> Vec<String> {
    let list = services.as_array().unwrap();
    list.iter().map(|service| service["ID"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_tags_of_a_name_are_those_of_all_that_offer_it() {
    let world = World::populated().await;
    let listed = world.get("/v1/services").await.json();
    let services = listed[0]["Services"].as_array().unwrap();
    let web = services.iter().find(|service| service["ServiceName"] == "web-http").unwrap();
    assert_eq!((&listed[0]["Namespace"], &web["Tags"]), (&json!("default"), &json!(["blue", "edge"])));
    assert_eq!(world.get("/v1/services?namespace=nope").await.json(), json!([]));
    assert_eq!(world.get("/v1/service/nope").await.json(), json!([]));
}

#[tokio::test]
async fn a_key_chooses_the_same_service_again() {
    let world = World::populated().await;
    let all = ids(&world.get("/v1/service/web-http").await.json());
    assert!(all.len() > 1, "{all:?}");
    let mut seen = std::collections::BTreeSet::new();
    for key in 0..20 {
        let path = format!("/v1/service/web-http?choose=1%7Ckey-{key}");
        let chosen = ids(&world.get(&path).await.json());
        assert_eq!(chosen, ids(&world.get(&path).await.json()));
        assert!(chosen.len() == 1 && all.contains(&chosen[0]), "{chosen:?}");
        seen.extend(chosen);
    }
    assert_eq!(seen.len(), all.len(), "keys are spread over all");
    assert_eq!(ids(&world.get("/v1/service/web-http?choose=99%7Cx").await.json()), all);
    for bad in ["1", "x%7Cy", "0%7Cy"] {
        assert_eq!(world.get(&format!("/v1/service/web-http?choose={bad}")).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn a_registration_is_deleted_by_its_id() {
    let world = World::populated().await;
    let all = ids(&world.get("/v1/service/web-http").await.json());
    let answer = world.ask("DELETE", &format!("/v1/service/any/{}", all[0]), None).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(ids(&world.get("/v1/service/web-http").await.json()), all[1..]);
    let again = world.ask("DELETE", &format!("/v1/service/any/{}", all[0]), None).await;
    assert_eq!((again.status, again.text.as_str()), (404, "service registration not found"));
}
