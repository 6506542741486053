//! `explain`: every node with its score or its reason, and what would help.

use expect_test::{Expect, expect};
use nomadctl::format::Length;
use nomadctl::show;

use crate::agent::Agent;
use crate::run;

fn check(json: &str, wanted: &Expect) {
    wanted.assert_eq(&show::explained(&serde_json::from_str(json).unwrap(), Length::Short));
}

/// A group that fits on two of three nodes.
const FITS: &str = r#"{"JobID":"web","Type":"service","RunsOn":"","Groups":[{"Group":"api","Count":3,"Live":3,"Queued":0,
    "Ask":{"CPU":500,"MemoryMB":256,"DiskMB":300},"NodeID":"83dd4500-6765","NodeName":"client-1","NodesTotal":9,
    "Metric":{"NodesEvaluated":3,"NodesFiltered":1},"Changes":null,"Preempted":null,"Nodes":[
      {"NodeID":"83dd4500-6765","NodeName":"client-1","Rank":1,"Chosen":true,"GroupAllocs":1,"Verdict":"scored",
       "NormScore":-0.294,"Scores":{"pack":0.0782,"job-anti-affinity":-0.6667,"node-affinity":0},
       "Fill":{"CPU":{"Has":2000,"Used":500,"Asked":500},"Memory":{"Has":1024,"Used":0,"Asked":256},
               "Disk":{"Has":3000,"Used":0,"Asked":300},"Network":{"Has":1000,"Used":0,"Asked":0},
               "Devices":{"Has":2,"Used":1,"Asked":0}}},
      {"NodeID":"083d94dc-3f7b","NodeName":"client-0","Rank":2,"GroupAllocs":2,"Verdict":"scored","NormScore":-0.441,
       "Scores":{"pack":0.117,"job-anti-affinity":-1}},
      {"NodeID":"99999999-3f7b","NodeName":"client-2","Rank":null,"Verdict":"filtered","Reason":"missing drivers",
       "Lacks":[{"Reason":"missing drivers","Without":"docker"},{"Reason":"memory","Short":100,"Asked":256,"Unit":"MiB"},
                {"Reason":"${meta.rack} = r1","Has":"r2"},{"Reason":"${meta.zone} = z","Unset":true}]}]}]}"#;

#[test]
fn nodes_are_ranked_with_their_terms_and_the_others_say_all_that_they_lack() {
    check(
        FITS,
        &expect![[r#"
        Job "web", group "api": 3 wanted, 3 placed

        One more allocation asks for 500 MHz, 256 MiB memory, 300 MiB disk
        It would go to client-1 (83dd4500)

        Nodes that take it
        Rank  Node ID   Name      Score   job-anti-affinity  pack    Here  CPU  Memory  Disk  Network  Devices
        1*    83dd4500  client-1  -0.294  -0.667             0.0782  1     50%  25%     10%   0%       50%
        2     083d94dc  client-0  -0.441  -1                 0.117   2     -    -       -     -        -
        Here: allocations of the group; CPU to Devices: how full the node would be

        Nodes that do not take it
        Node ID   Name      Here  Why not
        99999999  client-2  0     missing drivers: "docker"; 100 of 256 MiB short (memory); ${meta.rack} = r1: it has "r2"; ${meta.zone} = z: it has none

        3 of 9 nodes are shown: -all shows every one, -node one of them"#]],
    );
}

#[test]
fn what_would_help_is_said_in_words_the_smallest_first() {
    check(
        r#"{"JobID":"big","Type":"batch","Groups":[{"Group":"g","Count":2,"Live":0,"Queued":2,
        "Ask":{"Cores":2,"MemoryMB":4096,"DiskMB":300},"NodeID":"","NodesTotal":0,
        "Metric":{"NodesEvaluated":4,"NodesFiltered":1,"NodesExhausted":3},"Nodes":null,"Changes":[
          {"Kind":"lower","Resource":"memory","Unit":"MiB","Task":"t","From":4096,"To":4000,"NodeName":"n1"},
          {"Kind":"free","Resource":"memory","Unit":"MiB","By":96,"NodeName":"n1",
           "Stopping":[{"ID":"11112222-1","JobID":"old","TaskGroup":"cache","Priority":20},{"ID":"33334444-1"}]},
          {"Kind":"free","Resource":"port","Port":8080,"By":1,"NodeName":"n2",
           "Stopping":[{"ID":"55556666-1","JobID":"proxy","TaskGroup":"g","Priority":50}]},
          {"Kind":"lower","Resource":"disk","Unit":"MiB","Task":"","From":300,"To":200,"NodeName":"n1"},
          {"Kind":"drop","Constraint":"${attr.kernel.name} = windows","Nodes":4},
          {"Kind":"provide","What":"driver","Name":"docker","NodeName":"n1"},
          {"Kind":"admit","NodeName":"n3","Nodes":3},{"Kind":"datacenter","Name":"dc2","Nodes":1},
          {"Kind":"pool","Name":"gpu","Nodes":2}]}]}"#,
        &expect![[r#"
            Job "big", group "g": 2 wanted, 0 placed, 2 waiting

            One more allocation asks for 2 cores, 4.0 GiB memory, 300 MiB disk
            No node takes it: of 4 nodes looked at, 1 filtered and 3 without room

            What would place it, smallest change first
              ask for 4000 instead of 4096 MiB of memory in task "t": n1 takes it then
              or free 96 MiB of memory on n1: stop old.cache (11112222, priority 20) and allocation 33334444
              or free port 8080 on n2: stop proxy.g (55556666, priority 50)
              or ask for 200 instead of 300 MiB of disk: n1 takes it then
              or go without the constraint "${attr.kernel.name} = windows": it excludes 4 nodes that would fit
              or give n1 the driver "docker"
              or let n3 take allocations again: it is drained or ineligible, or another of 3 such nodes
              or allow datacenter "dc2": 1 node there would fit
              or use node pool "gpu": 2 nodes there would fit"#]],
    );
}

#[test]
fn without_a_single_change_and_without_nodes_that_is_said() {
    check(
        r#"{"JobID":"big","Type":"service","GroupsLeftOut":3,"Groups":[
          {"Group":"a","Count":1,"Queued":1,"Metric":{"NodesEvaluated":1,"NodesExhausted":1},"Changes":null},
          {"Group":"b","Count":1,"Queued":1,"Metric":{"NodesEvaluated":0},"Changes":null}]}"#,
        &expect![[r#"
            Job "big", group "a": 1 wanted, 0 placed, 1 waiting

            One more allocation asks for 0 MHz, 0 B memory, 0 B disk
            No node takes it: of 1 node looked at, 0 filtered and 1 without room

            No single change would place it

            Job "big", group "b": 1 wanted, 0 placed, 1 waiting

            One more allocation asks for 0 MHz, 0 B memory, 0 B disk
            No ready node is in its pool and datacenters

            3 more groups: name one with -group"#]],
    );
    check(
        r#"{"JobID":"agent","Type":"system","Groups":[{"Group":"a","Count":1,"Live":5,"Queued":0,
          "Metric":{"NodesEvaluated":5,"NodesExhausted":5},"Changes":null}]}"#,
        &expect![[r#"
            Job "agent", group "a": one on every node, 5 placed

            One more allocation asks for 0 MHz, 0 B memory, 0 B disk
            No further node takes it: of 5 nodes looked at, 0 filtered and 5 without room"#]],
    );
}

#[test]
fn a_job_is_looked_up_and_flags_may_stand_behind_it() {
    let jobs = r#"[{"ID":"web","Namespace":"default"}]"#;
    let agent = Agent::start(&[("GET /v1/jobs", 200, jobs), ("GET /v1/job/web/explain", 200, FITS)]);
    let ran =
        run(&["explain", "job", "we", "-node", "client-1", "-all", "-group=api", "-address", &agent.address]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with("Job \"web\", group \"api\": 3 wanted, 3 placed\n"), "{}", ran.out);
    let asked = agent.asked();
    for part in ["group=api", "node=client-1", "all=true"] {
        assert!(asked[1].contains(part), "{part}: {}", asked[1]);
    }
    let ran = run(&["explain", "job", "-json", "-address", &agent.address, "web"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["Groups"][0]["NodesTotal"], 9);
}

#[test]
fn what_is_not_there_is_said() {
    let agent = Agent::start(&[("GET /v1/jobs", 200, "[]"), ("GET /v1/allocations", 200, "[]")]);
    let ran = run(&["explain", "job", "-address", &agent.address, "web"]);
    assert_eq!((ran.code, ran.err.trim_end()), (1, "No job(s) with prefix or ID \"web\" found"));
    let ran = run(&["explain", "alloc", "-address", &agent.address, "abcd"]);
    assert_eq!((ran.code, ran.err.trim_end()), (1, "No allocation(s) with prefix or id \"abcd\" found"));
}

#[test]
fn a_verbose_plan_explains_every_group_of_the_planned_job() {
    let groups = FITS.split_once("\"Groups\":").unwrap().1.trim_end_matches('}');
    let plan = format!(r#"{{"JobModifyIndex":7,"Explained":{groups}}}"#);
    let agent = Agent::start(&[("PUT /v1/job/web/plan", 200, &plan)]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.nomad.hcl");
    std::fs::write(
        &path,
        "job \"web\" {\n group \"api\" {\n  task \"t\" {\n   driver = \"exec\"\n  }\n }\n}\n",
    )
    .unwrap();
    let ran = run(&["job", "plan", "-verbose", "-address", &agent.address, path.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(agent.asked()[0].contains(r#""Explain":true"#), "{}", agent.asked()[0]);
    let (_, explained) = ran.out.split_once("\nJob \"web\", group \"api\": 3 wanted, 3 placed\n").unwrap();
    assert!(explained.contains("1*    83dd4500-6765  client-1"), "{explained}");
    let ran = run(&["job", "plan", "-address", &agent.address, path.to_str().unwrap()]);
    assert!(!agent.asked()[1].contains("Explain"), "{}", ran.out);
}

#[test]
fn an_evaluation_names_the_nearest_misses_where_the_agent_knows_them() {
    let eval = r#"{"ID":"ccfe8711-0000","JobID":"big","Status":"complete","FailedTGAllocs":{"g":{"NodesEvaluated":2,
        "NodesExhausted":2,"DimensionExhausted":{"memory":2},"NearestMiss":[{"Reason":"memory","Exhausted":true,
        "Nodes":2,"OnlyReason":1,"NodeName":"client-2","Short":120,"Asked":2048,"Unit":"MiB"}]}}}"#;
    let clock = nomadctl::format::Clock::fixed(crate::NOW_NS);
    let text = show::eval_status(&serde_json::from_str(eval).unwrap(), &[], &clock, Length::Short);
    let misses = text.split("\n\n").find(|section| section.starts_with("Nearest Misses")).unwrap();
    expect![[r#"
        Nearest Misses
        Group "g": of 2 nodes looked at, 0 filtered and 2 without room
          Dimension "memory" exhausted on 2 nodes; the nearest miss is client-2, which is 120 MiB short; asking for 1928 instead of 2048 MiB would do
        'nomadctl explain eval ccfe8711' says what would help now"#]].assert_eq(misses);
}
