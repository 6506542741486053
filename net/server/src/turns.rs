//! Proposals reach consensus in the order in which the machine made them, although they are encoded side by side.
//!
//! The pieces of one plan have to be applied in their order: the last one ends the evaluation, and of an evaluation that
//! is over nothing more is stored. Limits: only handing over is in turn; commits are waited for together.

use std::pin::pin;
use std::task::Poll;

use tokio::sync::oneshot;

/// Hands out turns.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    last: Option<oneshot::Receiver<()>>,
}

/// One's turn, which ends when what was handed over has its place, or when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    before: Option<oneshot::Receiver<()>>,
    over: oneshot::Sender<()>,
}

impl Turns {
    /// The turn after all that were handed out.
    pub(crate) fn next(&mut self) -> Turn {
        let (over, ended) = oneshot::channel();
        Turn { before: self.last.replace(ended), over }
    }
}

impl Turn {
    /// Waits for those before, lets `work` take its place by its first poll, and returns its result.
    pub(crate) async fn hand_over<F: Future>(self, work: F) -> F::Output {
        if let Some(before) = self.before {
            // Dropped is over, too.
            let _ = before.await;
        }
        let mut work = pin!(work);
        let first = futures::poll!(work.as_mut());
        drop(self.over);
        match first {
            Poll::Ready(result) => result,
            Poll::Pending => work.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test]
    async fn who_is_ready_later_is_still_handed_over_first() {
        let order = RefCell::new(Vec::new());
        let mut turns = Turns::default();
        let (first, second, third) = (turns.next(), turns.next(), turns.next());
        let (encoded, encoding) = oneshot::channel::<()>();
        let order_of = &order;
        let hand_over = |turn: Turn, name| turn.hand_over(async move { order_of.borrow_mut().push(name) });
        let slow = async {
            encoding.await.expect("it is told");
            hand_over(first, "first").await;
        };
        let quick = async { encoded.send(()).expect("somebody listens") };
        futures::join!(hand_over(third, "third"), hand_over(second, "second"), slow, quick);
        assert_eq!(order.into_inner(), ["first", "second", "third"]);
    }

    #[tokio::test]
    async fn who_gives_its_turn_up_holds_nobody_up_and_nobody_waits_for_an_end() {
        let mut turns = Turns::default();
        let (given_up, endless, last) = (turns.next(), turns.next(), turns.next());
        drop(given_up);
        let endless = endless.hand_over(std::future::pending::<()>());
        let mut endless = pin!(endless);
        assert!(futures::poll!(endless.as_mut()).is_pending());
        assert_eq!(last.hand_over(async { 7 }).await, 7);
    }
}
