//! `operator scheduler get-config` and `set-config`.

use serde_json::Value;

use crate::commands::show;
use crate::context::Context;
use crate::format::OutputArgs;
use crate::global::GlobalArgs;
use crate::{CommandError, CommandResult, Exit};

/// What operators can do with the scheduler.
#[derive(clap::Subcommand, Debug)]
pub(crate) enum SchedulerCommand {
    GetConfig(GetArgs),
    SetConfig(SetArgs),
}

/// Show how the cluster schedules
#[derive(clap::Args, Debug)]
pub(crate) struct GetArgs {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Change how the cluster schedules
///
/// What is not given stays as it is.
#[derive(clap::Args, Debug)]
pub(crate) struct SetArgs {
    #[command(flatten)]
    global: GlobalArgs,

    /// Change it only if it was last changed at this index
    #[arg(long, value_name = "index")]
    check_index: Option<u64>,

    /// How nodes are chosen: pack, binpack or spread
    #[arg(long, value_name = "algorithm")]
    scheduler_algorithm: Option<String>,

    /// Let memory_max go beyond what is free
    #[arg(long, value_name = "true|false")]
    memory_oversubscription: Option<bool>,

    /// Refuse registrations without a management token
    #[arg(long, value_name = "true|false")]
    reject_job_registration: Option<bool>,

    /// Stop handing out evaluations
    #[arg(long, value_name = "true|false")]
    pause_eval_broker: Option<bool>,

    /// Let system jobs evict others
    #[arg(long, value_name = "true|false")]
    preempt_system_scheduler: Option<bool>,

    /// Let service jobs evict others
    #[arg(long, value_name = "true|false")]
    preempt_service_scheduler: Option<bool>,

    /// Let batch jobs evict others
    #[arg(long, value_name = "true|false")]
    preempt_batch_scheduler: Option<bool>,

    /// Let sysbatch jobs evict others
    #[arg(long, value_name = "true|false")]
    preempt_sysbatch_scheduler: Option<bool>,
}

impl SchedulerCommand {
    pub(crate) async fn run(self, context: &Context<'_>) -> CommandResult {
        match self {
            SchedulerCommand::GetConfig(args) => args.run(context).await,
            SchedulerCommand::SetConfig(args) => args.run(context).await,
        }
    }
}

impl GetArgs {
    async fn run(&self, context: &Context<'_>) -> CommandResult {
        self.output.check()?;
        let client = context.client(&self.global)?;
        let asked = client.operator().scheduler().await;
        let reply =
            asked.map_err(|error| CommandError::request("querying scheduler configuration", &error))?;
        let text = self.output.render(&reply.raw)?;
        context.ui.print(&text.unwrap_or_else(|| show::scheduler_config(&reply.value.scheduler_config)));
        Ok(Exit::OK)
    }
}

impl SetArgs {
    async fn run(&self, context: &Context<'_>) -> CommandResult {
        let client = context.client(&self.global)?;
        let asked = client.operator().scheduler().await;
        let known =
            asked.map_err(|error| CommandError::request("querying scheduler configuration", &error))?;
        let mut config = known.raw.get("SchedulerConfig").cloned().unwrap_or(Value::Null);
        // Between reading and writing nobody else may change it unseen.
        let check = self.check_index.or(Some(known.value.scheduler_config.modify_index));
        self.change(&mut config);
        let asked = client.operator().set_scheduler(config, check).await;
        let reply =
            asked.map_err(|error| CommandError::request("setting scheduler configuration", &error))?;
        if reply.raw.get("Updated").and_then(Value::as_bool) != Some(true) {
            let text = "Scheduler configuration could not be atomically updated, please try again";
            return Err(CommandError::failed(text));
        }
        context.ui.print("Scheduler configuration updated!");
        Ok(Exit::OK)
    }

    fn change(&self, config: &mut Value) {
        if let Some(algorithm) = &self.scheduler_algorithm {
            config["SchedulerAlgorithm"] = algorithm.as_str().into();
        }
        for (name, flag) in [
            ("MemoryOversubscriptionEnabled", self.memory_oversubscription),
            ("RejectJobRegistration", self.reject_job_registration),
            ("PauseEvalBroker", self.pause_eval_broker),
        ] {
            if let Some(flag) = flag {
                config[name] = flag.into();
            }
        }
        for (name, flag) in [
            ("SystemSchedulerEnabled", self.preempt_system_scheduler),
            ("ServiceSchedulerEnabled", self.preempt_service_scheduler),
            ("BatchSchedulerEnabled", self.preempt_batch_scheduler),
            ("SysBatchSchedulerEnabled", self.preempt_sysbatch_scheduler),
        ] {
            if let Some(flag) = flag {
                config["PreemptionConfig"][name] = flag.into();
            }
        }
    }
}
