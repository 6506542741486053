//! Whole servers on real files: elections, restarts, snapshots, membership, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "consensus/rig.rs"]
mod rig;

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::FutureExt;
use raft::disk::{Latency, ModelDisk};
use raft::{
    Barrier, Consensus, Encoded, FatalError, MAX_COMMAND_BYTES, MembershipError, OpenError, ProposeError,
    RealDisk, Role, StartError,
};
use rig::{Rig, agree, config, eventually, leader, write};

#[tokio::test(flavor = "multi_thread")]
async fn one_server_commits_soon_after_its_start() {
    let rig = Rig::new();
    let start = Instant::now();
    let servers = rig.group(1, |_| ()).await;
    write(&servers, "first").await;
    println!("start to first commit: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let id = servers[0].raft.id();
    for server in servers {
        rig.stop(server).await;
    }

    let start = Instant::now();
    let servers = [rig.start(config("s0")).await];
    write(&servers, "second").await;
    println!("restart to first commit: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    assert_eq!(servers[0].raft.id(), id, "a server keeps its id");
    assert_eq!(servers[0].ledger.commands(), ["first", "second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_share_syncs() {
    let rig = Rig::new();
    let servers = rig.group(1, |_| ()).await;
    write(&servers, "warm").await;
    let before = servers[0].disk.syncs();
    let start = Instant::now();
    let mut writers = Vec::new();
    for i in 0..256 {
        let raft = servers[0].raft.clone();
        writers.push(tokio::spawn(async move {
            for k in 0..8 {
                raft.propose(Encoded::new(format!("{i}.{k}").repeat(20))).await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let (syncs, time) = (servers[0].disk.syncs() - before, start.elapsed());
    println!("2048 writes by 256 writers: {syncs} syncs, {:.0} writes/s", 2048.0 / time.as_secs_f64());
    assert!(syncs < 2048 / 8, "2048 writes took {syncs} syncs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_costs_one_sync_and_answers_in_order() {
    let rig = Rig::new();
    let servers = rig.group(1, |_| ()).await;
    write(&servers, "warm").await;
    let before = servers[0].disk.syncs();
    let commands = (0..100).map(|i| Encoded::new(i.to_string())).collect();
    let results = servers[0].raft.propose_many(commands).await.unwrap();
    let replies: Vec<usize> =
        results.into_iter().map(|r| *r.unwrap().reply.get::<usize>().unwrap()).collect();
    assert_eq!(replies, (2..102).collect::<Vec<_>>());
    assert!(servers[0].disk.syncs() - before <= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_leader_is_replaced_and_nothing_acknowledged_is_lost() {
    let rig = Rig::new();
    let mut servers = rig.group(3, |_| ()).await;
    for i in 0..50 {
        write(&servers, &format!("a{i}")).await;
    }
    let id = leader(&servers).await.raft.id();
    let at = servers.iter().position(|server| server.raft.id() == id).unwrap();
    let lost = servers.remove(at);
    let (name, start) = (lost.info.name.clone(), Instant::now());
    rig.stop(lost).await;
    for i in 0..50 {
        write(&servers, &format!("b{i}")).await;
        if i == 0 {
            println!("failover to first commit: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
        }
    }
    servers.push(rig.start(config(&name)).await);
    let expected: Vec<String> =
        (0..50).map(|i| format!("a{i}")).chain((0..50).map(|i| format!("b{i}"))).collect();
    assert_eq!(agree(&servers).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_was_stopped_goes_on() {
    let rig = Rig::new();
    let servers = rig.group(3, |_| ()).await;
    for i in 0..30 {
        write(&servers, &i.to_string()).await;
    }
    for server in servers {
        rig.stop(server).await;
    }
    let mut servers = Vec::new();
    let start = Instant::now();
    for name in ["s0", "s1", "s2"] {
        servers.push(rig.start(config(name)).await);
    }
    write(&servers, "30").await;
    println!("restart of three to first commit: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    assert_eq!(agree(&servers).await, (0..31).map(|i| i.to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_server_gets_a_snapshot_and_a_vote() {
    let rig = Rig::new();
    let mut servers = rig
        .group(1, |config| {
            config.snapshot_entries = 50;
            config.keep_entries = 5;
            config.chunk_bytes = 1000;
        })
        .await;
    for i in 0..300 {
        write(&servers, &format!("command {i}")).await;
    }
    eventually("a snapshot", || servers[0].raft.status().snapshot.filter(|at| *at > 200)).await;
    let blank = rig.start(config("blank")).await;
    servers[0].raft.add_server(blank.member()).await.unwrap();
    servers.push(blank);
    assert_eq!(agree(&servers).await.len(), 300);
    let id = servers[1].raft.id();
    assert!(
        servers[1].raft.status().snapshot.is_some(),
        "the log's beginning is gone, so it came as a snapshot"
    );
    eventually("catching up", || {
        let status = servers[0].raft.status();
        status.members.iter().find(|m| m.member.id == id && m.matched == status.last_log).map(|_| ())
    })
    .await;
    servers[0].raft.promote_server(id).await.unwrap();
    write(&servers, "both").await;
    eventually("the vote", || (servers[1].raft.status().role == Role::Follower).then_some(())).await;

    servers[0].raft.transfer_leadership(id).await.unwrap();
    eventually("the hand-over", || servers[1].raft.leadership().current().leading.then_some(())).await;
    write(&servers[1..], "by the new one").await;
    let old = servers[0].raft.id();
    servers[1].raft.remove_server(old).await.unwrap();
    let members = servers[1].raft.status().members;
    assert_eq!(members.len(), 1);
    assert_eq!(members[0].member, servers[1].member());

    // The snapshot that was received is what a restart begins with.
    let before = servers[1].ledger.commands();
    for server in servers {
        rig.stop(server).await;
    }
    let server = rig.start(config("blank")).await;
    eventually("the restored state", || (server.ledger.commands() == before).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_was_away_for_long_gets_a_snapshot() {
    let often = |config: &mut raft::Config| {
        config.snapshot_entries = 50;
        config.keep_entries = 5;
        config.chunk_bytes = 1000;
    };
    let rig = Rig::new();
    let mut servers = rig.group(3, often).await;
    write(&servers, "before").await;
    agree(&servers).await;
    let id = leader(&servers).await.raft.id();
    let at = servers.iter().position(|server| server.raft.id() != id).unwrap();
    let away = servers.remove(at);
    let name = away.info.name.clone();
    rig.stop(away).await;
    for i in 0..300 {
        write(&servers, &format!("command {i}")).await;
    }
    for server in &servers {
        eventually("a snapshot", || server.raft.status().snapshot.filter(|at| *at > 200)).await;
    }
    let mut config = config(&name);
    often(&mut config);
    let back = rig.start(config).await;
    assert_eq!(back.raft.status().snapshot, None, "it was away before the first one");
    servers.push(back);
    assert_eq!(agree(&servers).await.len(), 301);
    let covered = servers[2].raft.status().snapshot;
    assert!(
        covered.is_some_and(|covered| covered > 200),
        "what it missed is not in the log any more: {covered:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_knows_how_long_ago_its_leader_was_heard_of() {
    let rig = Rig::new();
    let mut servers = rig.group(3, |_| ()).await;
    write(&servers, "x").await;
    agree(&servers).await;
    let leading = leader(&servers).await;
    assert_eq!(leading.raft.status().leader_heard, None, "a leader has none");
    let id = leading.raft.id();
    let at = servers.iter().position(|server| server.raft.id() == id).unwrap();
    let follower = servers.iter().find(|server| server.raft.id() != id).unwrap().raft.clone();
    let recent = Duration::from_millis(90);
    eventually("a heartbeat", || follower.status().leader_heard.filter(|ago| *ago < recent)).await;
    let lost = servers.remove(at);
    for other in servers {
        if other.raft.id() != follower.id() {
            rig.stop(other).await;
        }
    }
    rig.stop(lost).await;
    eventually("silence", || follower.status().leader_heard.filter(|ago| *ago > recent * 4)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_grows_in_bytes_is_cut_by_a_snapshot() {
    let rig = Rig::new();
    let servers = rig
        .group(1, |config| {
            config.snapshot_bytes = 1 << 20;
        })
        .await;
    let mut covered = None;
    for _ in 0..4 {
        for _ in 0..11 {
            write(&servers, &"x".repeat(100_000)).await;
        }
        covered =
            eventually("a snapshot", || Some(servers[0].raft.status().snapshot).filter(|at| *at > covered))
                .await;
    }
    let logs =
        || std::fs::read_dir(&servers[0].dir).unwrap().filter(|file| is_log(file.as_ref().unwrap())).count();
    // 44 commands fill 22 files; what the snapshot before the last covers is gone.
    eventually("purging", || (logs() <= 13).then_some(())).await;
}

fn is_log(file: &std::fs::DirEntry) -> bool {
    file.file_name().to_string_lossy().starts_with("wal-")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_reads_what_was_written_before() {
    let rig = Rig::new();
    let servers = rig.group(3, |_| ()).await;
    for round in 0..20 {
        write(&servers, &round.to_string()).await;
        for server in &servers {
            let how = if round % 2 == 0 { Barrier::Quorum } else { Barrier::Lease };
            server.raft.barrier(how).await.unwrap();
            assert_eq!(server.ledger.commands().len(), round + 1, "{}", server.info.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_names_the_leader() {
    let rig = Rig::new();
    let servers = rig.group(3, |_| ()).await;
    write(&servers, "x").await;
    let leading = leader(&servers).await.member();
    let follower = servers.iter().find(|server| server.raft.id() != leading.id).unwrap();
    eventually("hearing of the leader", || follower.raft.status().leader).await;
    let error = follower.raft.propose(Encoded::new("y")).await.unwrap_err();
    assert!(
        matches!(&error, ProposeError::NotLeader { leader: Some(named) } if *named == leading),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_tells_of_leadership_won_and_lost() {
    let rig = Rig::new();
    let servers = rig.group(3, |_| ()).await;
    write(&servers, "x").await;
    let first = leader(&servers).await;
    let mut watch = first.raft.leadership();
    let won = watch.changed().await.unwrap();
    assert!(won.leading);
    let other = servers.iter().find(|server| server.raft.id() != first.raft.id()).unwrap();
    first.raft.transfer_leadership(other.raft.id()).await.unwrap();
    loop {
        let lost = watch.changed().await.unwrap();
        if !lost.leading && lost.leader.as_ref() == Some(&other.member()) {
            assert!(lost.term > won.term);
            break;
        }
    }
    first.raft.shutdown().await;
    watch.changed().await.map(|_| ()).unwrap_err();
    assert_eq!(first.raft.fatal().await, raft::FatalError::Shutdown);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_command_replicates_and_a_longer_one_is_refused() {
    let rig = Rig::new();
    let servers = rig.group(3, |_| ()).await;
    write(&servers, &"a".repeat(MAX_COMMAND_BYTES)).await;
    assert_eq!(agree(&servers).await[0].len(), MAX_COMMAND_BYTES);
    let error =
        leader(&servers).await.raft.propose(Encoded::new(vec![0; MAX_COMMAND_BYTES + 1])).await.unwrap_err();
    assert!(matches!(error, ProposeError::TooLarge { bytes, .. } if bytes == MAX_COMMAND_BYTES + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_in_use_is_refused_with_the_owners_pid() {
    let rig = Rig::new();
    let _server = rig.start(config("s0")).await;
    let dir = rig.dir.path().join("s0");
    let modes =
        std::fs::read_dir(&dir).unwrap().map(|file| file.unwrap().metadata().unwrap().permissions().mode());
    assert!(modes.into_iter().all(|mode| mode & 0o077 == 0), "only the owner may read the files");
    let error = RealDisk::open(dir).unwrap_err();
    assert!(matches!(error, OpenError::Locked { pid, .. } if pid == std::process::id()), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_of_another_region_cluster_or_format_is_refused() {
    let rig = Rig::new();
    let dir = {
        let server = rig.start(config("s0")).await;
        rig.stop(server).await
    };
    let mut other = config("s0");
    other.region = "europe".to_owned();
    let error = rig.try_start(other).await.err().unwrap();
    assert!(matches!(error, StartError::Open(OpenError::Region { .. })), "{error:?}");
    let mut other = config("s0");
    other.cluster = "staging".to_owned();
    let error = rig.try_start(other).await.err().unwrap();
    assert!(matches!(error, StartError::Open(OpenError::Cluster { .. })), "{error:?}");

    let file = dir.join("IDENTITY");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("raft 0", "raft 9")).unwrap();
    let error = rig.try_start(config("s0")).await.err().unwrap();
    assert!(matches!(error, StartError::Open(OpenError::Format { found: 9, .. })), "{error:?}");
    std::fs::write(&file, text.replace("global", "globes")).unwrap();
    let error = rig.try_start(config("s0")).await.err().unwrap();
    assert!(matches!(error, StartError::Open(OpenError::Corrupt { .. })), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_snapshot_is_named() {
    let rig = Rig::new();
    let servers = rig.group(1, |_| ()).await;
    for i in 0..20 {
        write(&servers, &i.to_string()).await;
    }
    servers[0].raft.trigger_snapshot().await.unwrap();
    eventually("a snapshot", || servers[0].raft.status().snapshot).await;
    let mut dir = None;
    for server in servers {
        dir = Some(rig.stop(server).await);
    }
    let files = std::fs::read_dir(dir.unwrap()).unwrap().map(|file| file.unwrap().path());
    let snapshot = files.into_iter().find(|path| path.extension().is_some_and(|e| e == "snap")).unwrap();
    let whole = std::fs::read(&snapshot).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        std::fs::write(&snapshot, bytes).unwrap();
        let error = rig.try_start(config("s0")).await.err().unwrap();
        assert!(
            matches!(&error, StartError::Open(OpenError::Corrupt { .. } | OpenError::Format { .. })),
            "byte {at}: {error:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_foundation_is_refused() {
    let rig = Rig::new();
    let servers = rig.group(1, |_| ()).await;
    let error = servers[0].raft.initialize(vec![servers[0].member()]).await.unwrap_err();
    assert!(matches!(error, MembershipError::AlreadyInitialized));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_garbage_or_meant_for_others_are_refused() {
    let rig = Rig::new();
    let servers = rig.group(1, |_| ()).await;
    write(&servers, "x").await;
    let raft = Arc::new(servers[0].raft.clone());
    for len in 0..60 {
        for kind in 0..8 {
            let mut request = vec![0xab; len];
            if let [protocol, second, ..] = request.as_mut_slice() {
                (*protocol, *second) = (0, kind);
            }
            let answer = raft.handle(Bytes::from(request)).await;
            assert!(answer[0] != 0, "length {len}, kind {kind}");
        }
    }
    assert!(raft.leadership().current().leading);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_disk_ends_the_server() {
    let disk = ModelDisk::<openraft::TokioRuntime>::new(1, Latency::none());
    let switch = Rig::new();
    let ledger = rig::Ledger::default();
    let port = switch.port();
    let raft = Consensus::start(config("s0"), Arc::new(disk.clone()), Arc::new(ledger), Arc::new(port))
        .await
        .unwrap();
    let member = raft::Member { id: raft.id(), info: config("s0").info };
    raft.initialize(vec![member]).await.unwrap();
    eventually("an election", || raft.leadership().current().leading.then_some(())).await;
    raft.propose(Encoded::new("before")).await.unwrap();
    disk.fail_after(0);
    let error = raft.propose(Encoded::new("after")).await.unwrap_err();
    assert!(matches!(error, ProposeError::Fatal(FatalError::Storage(_))), "{error:?}");
    assert!(matches!(raft.fatal().await, FatalError::Storage(_)));
    assert_eq!(raft.status().role, Role::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_waiting_proposals_are_refused() {
    let rig = Rig::new();
    let mut servers = rig.group(3, |config| config.in_flight_bytes = 10_000).await;
    write(&servers, "x").await;
    let id = leader(&servers).await.raft.id();
    let at = servers.iter().position(|server| server.raft.id() == id).unwrap();
    let leading = servers.remove(at);
    for other in servers {
        rig.stop(other).await;
    }
    // Nobody confirms any more, so this one waits.
    let raft = leading.raft.clone();
    let waiting = tokio::spawn(async move { raft.propose(Encoded::new(vec![0; 8000])).await });
    let error = eventually("the refusal", || {
        let refused = leading.raft.propose(Encoded::new(vec![0; 8000])).now_or_never();
        refused.and_then(Result::err)
    })
    .await;
    assert!(matches!(error, ProposeError::Overloaded { .. }), "{error:?}");
    waiting.abort();
}
