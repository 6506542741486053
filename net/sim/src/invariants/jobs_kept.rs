//! A job that was acknowledged is there as its owner last wanted it, or as a request of unknown outcome did later.
//! One that was stopped, or ended by itself, may be forgotten.

use state::State;

use crate::control_plane::job::{ends, request_of};
use crate::control_plane::{Ledger, Wish};

/// Returns the promises that are not kept.
pub(crate) fn violations(state: &State, ledger: &Ledger) -> Vec<String> {
    let promises = ledger.promises().into_iter();
    promises
        .filter_map(|(key, promise)| {
            let job = state.job(&key);
            let there = job.and_then(|job| Some(Wish { number: request_of(job)?, stopped: job.stopped() }));
            let kept = match there {
                Some(wish) => promise.acknowledged == Some(wish) || promise.open.contains(&wish),
                None => {
                    let stopped = promise.open.iter().chain(&promise.acknowledged).any(|wish| wish.stopped);
                    job.is_none() && (promise.acknowledged.is_none() || stopped || ends(&key))
                }
            };
            (!kept).then(|| format!("job {key} is {there:?}, but its owner was promised {promise:?}"))
        })
        .collect()
}
