//! `whatif`: the question that is asked, the page of its answer, and the same question to a saved state.

use std::sync::Arc;

use expect_test::{Expect, expect};
use nomadctl::format::Length;
use nomadctl::show;

use crate::agent::Agent;
use crate::{Ran, run};

const ANSWER: &str = r#"{"Moved":1,"Replaced":0,"Started":1,"Stopped":2,"MovesTotal":4,
    "Before":{"Nodes":3,"NodesReady":3,"NodesUsed":3,"Allocs":7,"CPU":{"Has":12000,"Used":3500},
      "Memory":{"Has":24576,"Used":1792},"Disk":{"Has":0,"Used":0}},
    "After":{"Nodes":2,"NodesReady":2,"NodesUsed":2,"Allocs":6,"CPU":{"Has":8000,"Used":3000},
      "Memory":{"Has":16384,"Used":1536},"Disk":{"Has":0,"Used":0}},
    "Moves":[
      {"JobID":"web","TaskGroup":"api","Index":1,"AllocID":"702a63f2-1","From":{"ID":"a","Name":"n1"},"To":{"ID":"b","Name":"n2"}},
      {"JobID":"web","TaskGroup":"api","Index":3,"AllocID":"","From":null,"To":{"ID":"b","Name":"n2"}},
      {"JobID":"agent","TaskGroup":"g","Index":0,"AllocID":"358315db-1","From":{"ID":"a","Name":"n1"},"To":null},
      {"JobID":"low","TaskGroup":"g","Index":0,"AllocID":"9999aaaa-1","From":{"ID":"b","Name":"n2"},"To":null,"Preempted":true}],
    "Unplaced":[{"JobID":"db","TaskGroup":"data","Queued":3,"QueuedBefore":1,"Why":{"Group":"data","NodeID":"",
      "Metric":{"NodesEvaluated":2,"NodesExhausted":2},
      "Changes":[{"Kind":"lower","Resource":"memory","Unit":"MiB","Task":"t","From":4096,"To":4000,"NodeName":"n2"}]}}],
    "AwaitsPromotion":["canary"]}"#;

fn check(json: &str, length: Length, wanted: &Expect) {
    wanted.assert_eq(&show::what_if(&serde_json::from_str(json).unwrap(), length));
}

#[test]
fn who_moves_who_waits_and_how_full_nodes_are_is_shown() {
    check(
        ANSWER,
        Length::Short,
        &expect![[r#"
        1 allocation would move to another node
        1 allocation would start
        2 allocations would end
        2 allocations would find no room

        Changes
        Allocation  ID        From  To
        web.api[1]  702a63f2  n1    n2
        web.api[3]            -     n2
        agent.g[0]  358315db  n1    -
        low.g[0]    9999aaaa  n2    -   preempted

        Job "db", group "data": 3 would wait for room, 1 of them wait already
          of 2 nodes looked at, 0 filtered and 2 without room
          What would place it
            ask for 4000 instead of 4096 MiB of memory in task "t": n2 takes it then

        Waits until its canaries are promoted: canary

        Utilisation   Before                       After
        Nodes in use  3 of 3 ready                 2 of 2 ready
        Allocations   7                            6
        CPU           29% (3500 MHz of 12000 MHz)  38% (3000 MHz of 8000 MHz)
        Memory        7% (1.8 GiB of 24 GiB)       9% (1.5 GiB of 16 GiB)
        Disk          0% (0 B of 0 B)              0% (0 B of 0 B)

        Nothing was changed"#]],
    );
}

#[test]
fn many_moves_are_counted_by_group_unless_all_are_wanted() {
    let mut answer: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
    let moves: Vec<serde_json::Value> =
        answer["Moves"].as_array().unwrap().iter().cycle().take(40).cloned().collect();
    answer["Moves"] = moves.into();
    let text = show::what_if(&serde_json::from_value(answer.clone()).unwrap(), Length::Short);
    let part: Vec<&str> = text.split("\n\n").skip(1).take(2).collect();
    expect![[r#"
        Changes by group
        Job    Group  Move  Replaced  Start  End
        agent  g      0     0         0      10
        low    g      0     0         0      10
        web    api    10    0         10     0
        -verbose lists every allocation

        Job "db", group "data": 3 would wait for room, 1 of them wait already
          of 2 nodes looked at, 0 filtered and 2 without room
          What would place it
            ask for 4000 instead of 4096 MiB of memory in task "t": n2 takes it then"#]]
    .assert_eq(&part.join("\n\n"));
    let text = show::what_if(&serde_json::from_value(answer).unwrap(), Length::Full);
    assert_eq!(text.lines().filter(|line| line.contains("702a63f2-1")).count(), 10);
}

fn asked(words: &[&str]) -> (String, Ran) {
    let agent = Agent::start(&[("PUT /v1/whatif", 200, ANSWER)]);
    let words: Vec<&str> = words.iter().copied().chain(["-address", &agent.address]).collect();
    let ran = run(&words);
    (agent.asked().join("\n"), ran)
}

#[test]
fn flags_stand_anywhere_and_become_the_question() {
    let questions = [
        asked(&["whatif", "drain", "n1", "n2"]),
        asked(&["whatif", "lose", "-meta", "rack=r2", "-meta", "zone=z", "-datacenter", "dc1"]),
        asked(&["whatif", "add", "5", "-like", "n1"]),
        asked(&["whatif", "scale", "web", "9"]),
        asked(&["whatif", "scale", "web", "api", "9", "-namespace", "team"]),
    ];
    let lines: Vec<&str> = questions.iter().map(|(question, _)| question.as_str()).collect();
    expect![[r#"
        PUT /v1/whatif {"Drain":{"Nodes":["n1","n2"],"Meta":{},"Datacenter":"","NodeClass":"","NodePool":""}}
        PUT /v1/whatif {"Lose":{"Nodes":[],"Meta":{"rack":"r2","zone":"z"},"Datacenter":"dc1","NodeClass":"","NodePool":""}}
        PUT /v1/whatif {"Add":{"Count":5,"Like":"n1"}}
        PUT /v1/whatif {"Scale":{"JobID":"web","Group":"","Count":9}}
        PUT /v1/whatif?namespace=team {"Scale":{"JobID":"web","Group":"api","Count":9}}"#]].assert_eq(&lines.join("\n"));
    assert!(questions.iter().all(|(_, ran)| ran.code == 0 && ran.err.is_empty()));
    let (_, ran) = asked(&["whatif", "drain", "n1", "-json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["Moved"], 1);
}

#[test]
fn questions_that_are_none_are_refused_before_anything_is_asked() {
    let refused = |words: &[&str]| {
        let (question, ran) = asked(words);
        assert_eq!((question.as_str(), ran.code), ("", 1), "{words:?}");
        ran.err.lines().next().unwrap_or_default().to_owned()
    };
    expect![[r#"
        No node is meant: name some, or give -meta, -datacenter, -node-class or -node-pool
        Invalid -meta "rack": expected key=value
        Name the node that the new ones are like: -like <node>
        Invalid count "many": expected a number
        Invalid count "some": expected a number
        Error reading the saved state: failed to open snapshot /nowhere/s.snap: No such file or directory (os error 2)"#]].assert_eq(
        &[
            refused(&["whatif", "drain"]),
            refused(&["whatif", "lose", "-meta", "rack"]),
            refused(&["whatif", "add", "5"]),
            refused(&["whatif", "add", "many", "-like", "n1"]),
            refused(&["whatif", "scale", "web", "some"]),
            refused(&["whatif", "drain", "n1", "-snapshot", "/nowhere/s.snap"]),
        ]
        .join("\n"),
    );
}

#[test]
fn a_saved_state_is_asked_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.snap");
    let nodes = (1..=3).map(testkit::node);
    let mut state = state::Builder::new().index(7).nodes(nodes).build();
    state.now = model::Timestamp(5_000_000_000);
    let origin = archive::Origin { region: "global".to_owned(), term: 1, created: state.now };
    let mut file = std::fs::File::create(&path).unwrap();
    archive::write(&Arc::new(state), &origin, &mut file).unwrap();
    let job = folder.path().join("web.nomad.hcl");
    std::fs::write(
        &job,
        "job \"web\" {\n group \"g\" {\n  count = 60\n  task \"t\" {\n   driver = \"mock_driver\"\n  }\n }\n}\n",
    )
    .unwrap();
    let (path, job) = (path.to_str().unwrap(), job.to_str().unwrap());
    let ran = run(&["whatif", "run", job, "-snapshot", path]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    expect![[r#"
        60 allocations would start

        Changes by group
        Job  Group  Move  Replaced  Start  End
        web  g      0     0         60     0
        -verbose lists every allocation

        Utilisation   Before                   After
        Nodes in use  0 of 3 ready             3 of 3 ready
        Allocations   0                        60
        CPU           0% (0 MHz of 12000 MHz)  50% (6000 MHz of 12000 MHz)
        Memory        0% (0 B of 24 GiB)       73% (18 GiB of 24 GiB)
        Disk          0% (0 B of 293 GiB)      6% (18 GiB of 293 GiB)

        Nothing was changed
    "#]]
    .assert_eq(&ran.out);
    assert_eq!(
        run(&["whatif", "run", job, "-snapshot", path]).out,
        ran.out,
        "the same question, the same answer"
    );
    let ran = run(&["whatif", "scale", "web", "2", "-snapshot", path]);
    assert_eq!((ran.code, ran.err.trim_end()), (1, "Error asking what would happen: job not found"));
}
