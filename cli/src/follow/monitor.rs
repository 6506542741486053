//! Asking and printing while something is followed.
//!
//! Purpose: blocking queries for an evaluation, then for its deployment. On a terminal the deployment is redrawn in
//! place, elsewhere each change is printed.
//! Limits: up to 10 failed questions in a row are forgiven (a new leader takes about a second), 0.5 s apart.

use std::time::Duration;

use api::view::{DeploymentView, EvalView};
use api::{ApiError, Client, Query, Reply};

use super::{EvalMonitor, Verdict, deployment_block};
use crate::context::Context;
use crate::format::Length;
use crate::{CommandError, CommandResult, Exit};

/// How long an agent may hold a question about an evaluation. Its allocations change without it.
const EVAL_WAIT: Duration = Duration::from_secs(1);
/// How long an agent may hold a question about a deployment.
const DEPLOYMENT_WAIT: Duration = Duration::from_secs(2);
/// Failed questions in a row that are forgiven.
const MAX_FAILURES: u32 = 10;
/// Time between two questions when the first brought nothing new.
const PAUSE: Duration = Duration::from_millis(100);
/// Time between a failed question and the next.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Follows evaluations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Monitor<'a> {
    client: &'a Client,
    context: &'a Context<'a>,
    length: Length,
}

impl<'a> Monitor<'a> {
    /// Makes a monitor.
    #[must_use]
    pub(crate) fn new(client: &'a Client, context: &'a Context<'a>, length: Length) -> Monitor<'a> {
        Monitor { client, context, length }
    }

    /// Follows an evaluation and its deployment to their end.
    pub(crate) async fn follow(&self, eval_id: &str) -> CommandResult {
        self.say(true, &format!("Monitoring evaluation {:?}", self.length.id(eval_id)));
        let mut id = eval_id.to_owned();
        loop {
            let (verdict, eval) = self.eval(&id).await?;
            if verdict == Verdict::Failed && !eval.next_eval.is_empty() {
                self.say(true, &format!("Monitoring next evaluation {:?}", self.length.id(&eval.next_eval)));
                id = eval.next_eval;
                continue;
            }
            return match verdict {
                Verdict::Failed => Ok(Exit::FAILED),
                Verdict::Unplaced => Ok(Exit::UNPLACED),
                Verdict::Done if eval.deployment_id.is_empty() => Ok(Exit::OK),
                Verdict::Done => self.deployment(&eval.deployment_id).await,
            };
        }
    }

    async fn eval(&self, id: &str) -> Result<(Verdict, EvalView), CommandError> {
        let mut machine = EvalMonitor::new(self.length);
        let mut retries = Retries::default();
        let mut index = 0;
        loop {
            let query = Query { index, wait: Some(EVAL_WAIT), ..Query::default() };
            let asked = self.client.evals().info(id, query).await;
            let Some(reply) = retries.check(asked, "reading evaluation").await? else { continue };
            let allocs = self.client.evals().allocations(id).await;
            let Some(allocs) = retries.check(allocs, "reading allocations").await? else { continue };
            for line in machine.observe(&reply.value, &allocs.value) {
                self.say(false, &line);
            }
            if let Some((verdict, lines)) = machine.verdict(&reply.value) {
                for (place, line) in lines.iter().enumerate() {
                    self.say(place == 0, line);
                }
                return Ok((verdict, reply.value));
            }
            index = next_index(index, reply.meta.index).await;
        }
    }

    async fn deployment(&self, id: &str) -> CommandResult {
        self.say(true, &format!("Monitoring deployment {:?}", self.length.id(id)));
        let last = monitor_deployment(self.client, self.context, id, self.length).await?;
        Ok(if last.status == "successful" { Exit::OK } else { Exit::FAILED })
    }

    fn say(&self, headline: bool, line: &str) {
        say(self.context, headline, line);
    }
}

/// Prints a line with the time; headlines begin with an arrow.
pub(crate) fn say(context: &Context<'_>, headline: bool, line: &str) {
    let now = context.clock.absolute(context.clock.now_ns());
    let lead = if headline { "==>" } else { "   " };
    context.ui.print(&format!("{lead} {now}: {line}"));
}

/// Follows a deployment until it is settled, and returns it.
pub(crate) async fn monitor_deployment(
    client: &Client,
    context: &Context<'_>,
    id: &str,
    length: Length,
) -> Result<DeploymentView, CommandError> {
    let live = context.ui.live();
    let mut retries = Retries::default();
    let mut index = 0;
    let mut shown = String::new();
    loop {
        let query = Query::blocking(index, DEPLOYMENT_WAIT);
        let asked = client.deployments().info(id, query).await;
        let Some(reply) = retries.check(asked, "reading deployment").await? else { continue };
        let block = deployment_block(&reply.value, context.clock, length);
        let now = context.clock.absolute(context.clock.now_ns());
        let settled = reply.value.is_settled();
        if context.ui.is_terminal() && !settled {
            live.set(&format!("{now}\n{block}"));
        } else if block != shown {
            live.clear();
            context.ui.print(&format!("    \n{now}\n{block}"));
            shown = block;
        }
        if settled || context.ui.is_closed() {
            return Ok(reply.value);
        }
        index = next_index(index, reply.meta.index).await;
    }
}

/// Returns the index to wait for next. Pauses when nothing has changed, so that an agent that does not hold
/// questions is not asked without end.
async fn next_index(asked: u64, answered: u64) -> u64 {
    if answered <= asked {
        tokio::time::sleep(PAUSE).await;
    }
    answered
}

/// Counts failed questions.
#[derive(Default)]
struct Retries {
    failures: u32,
}

impl Retries {
    /// Returns the answer, or `None` when the question may be asked again.
    async fn check<T>(
        &mut self,
        asked: Result<Reply<T>, ApiError>,
        doing: &str,
    ) -> Result<Option<Reply<T>>, CommandError> {
        match asked {
            Ok(reply) => {
                self.failures = 0;
                Ok(Some(reply))
            }
            Err(error) => {
                let lasting = matches!(error.status(), Some(400..=499)) || self.failures >= MAX_FAILURES;
                if lasting {
                    return Err(CommandError::request(doing, &error));
                }
                self.failures += 1;
                tokio::time::sleep(RETRY_AFTER).await;
                Ok(None)
            }
        }
    }
}
