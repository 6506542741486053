//! Blocking queries.
//!
//! Purpose: answer a read once what it reads is newer than the index that the client has, or when its time is
//! up, with whatever is there then.
//! Limits: 300 s and up to a sixteenth more, so that waiters which started together do not end together. Between
//! two reads it sleeps in [`Watch::changed`]; it never polls.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use tokio::time::Instant;

use crate::{ApiError, Query, Watch};

/// What a query read, and at which index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// Index of the newest thing that was read.
    pub index: u64,
    /// The result.
    pub value: T,
}

/// Runs `read` on the newest state until its index passes the query's, or its time is up.
pub async fn blocking<W, T, K>(
    watch: &W,
    query: &Query,
    topics: &[K],
    mut read: impl FnMut(&W::Snapshot) -> Result<Read<T>, ApiError>,
) -> Result<Read<T>, ApiError>
where
    W: Watch + ?Sized,
    K: Clone + Into<W::Topic>,
{
    if query.bad_index {
        return Err(ApiError::bad_request("Invalid index"));
    }
    let mut read = |snapshot: &W::Snapshot| {
        let found = read(snapshot)?;
        // Records of a restored state keep their indexes, which may be below what clients saw before.
        Ok::<_, ApiError>(Read { index: found.index.max(watch.floor(snapshot)), ..found })
    };
    if query.index == 0 {
        return read(&watch.snapshot());
    }
    let deadline = Instant::now() + query.wait + jitter(query.wait);
    let topics: Vec<W::Topic> = topics.iter().cloned().map(Into::into).collect();
    loop {
        let snapshot = watch.snapshot();
        let found = read(&snapshot)?;
        if found.index > query.index {
            return Ok(found);
        }
        if tokio::time::timeout_at(deadline, watch.changed(&snapshot, &topics)).await.is_err() {
            return Ok(found);
        }
    }
}

/// Returns a random time of up to a sixteenth of the wait.
fn jitter(wait: Duration) -> Duration {
    // A fresh hasher is keyed at random: enough to spread waiters, and no secret.
    let random = RandomState::new().build_hasher().finish();
    let sixteenth = u64::try_from(wait.as_nanos() / 16).unwrap_or(u64::MAX);
    Duration::from_nanos(random % sixteenth.max(1))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures::future::BoxFuture;
    use tokio::sync::watch;

    use super::*;

    /// A state that is nothing but its index.
    struct Counter(watch::Sender<u64>);

    impl Watch for Counter {
        type Snapshot = u64;
        type Topic = ();

        fn snapshot(&self) -> u64 {
            *self.0.borrow()
        }

        fn changed<'a>(&'a self, seen: &'a u64, _: &'a [()]) -> BoxFuture<'a, ()> {
            Box::pin(async move {
                let mut receiver = self.0.subscribe();
                let _ = receiver.wait_for(|index| index > seen).await;
            })
        }
    }

    async fn ask(counter: &Counter, query: &str) -> (u64, Duration) {
        let started = Instant::now();
        let query = Query::parse(query).unwrap();
        let read =
            blocking(counter, &query, &[()], |index| Ok(Read { index: *index, value: () })).await.unwrap();
        (read.index, started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn without_an_index_or_with_an_old_one_the_answer_comes_at_once() {
        let counter = Counter(watch::Sender::new(7));
        assert_eq!(ask(&counter, "").await, (7, Duration::ZERO));
        assert_eq!(ask(&counter, "index=6").await, (7, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_answer_comes_when_the_time_is_up() {
        let counter = Counter(watch::Sender::new(7));
        let (index, waited) = ask(&counter, "index=7&wait=16s").await;
        assert_eq!(index, 7);
        assert!((Duration::from_secs(16)..=Duration::from_secs(17)).contains(&waited), "{waited:?}");
    }

    /// A state that was restored at index 9 and whose records are older.
    struct Restored;

    impl Watch for Restored {
        type Snapshot = ();
        type Topic = ();

        fn snapshot(&self) {}

        fn floor(&self, _: &()) -> u64 {
            9
        }

        fn changed<'a>(&'a self, _: &'a (), _: &'a [()]) -> BoxFuture<'a, ()> {
            Box::pin(std::future::pending())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_restored_state_answers_whoever_waits_for_more_than_its_records_have() {
        let query = Query::parse("index=8").unwrap();
        let read = blocking(&Restored, &query, &[()], |()| Ok(Read { index: 3, value: () })).await.unwrap();
        assert_eq!(read.index, 9);
    }

    #[tokio::test(start_paused = true)]
    async fn a_newer_index_wakes_the_query_but_an_equal_one_does_not() {
        let counter = Arc::new(Counter(watch::Sender::new(5)));
        let waiting = tokio::spawn({
            let counter = counter.clone();
            async move { ask(&counter, "index=7").await }
        });
        tokio::time::advance(Duration::from_secs(10)).await;
        counter.0.send_replace(7);
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(!waiting.is_finished());
        counter.0.send_replace(8);
        assert_eq!(waiting.await.unwrap().0, 8);
    }
}
