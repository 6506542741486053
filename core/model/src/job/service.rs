//! Services that groups and tasks offer, and their checks.

use std::collections::BTreeMap;

use crate::document::GoMap;
use crate::{Connect, Identity, Nanos, document};

document! {
    /// A service that a group or task offers under a name.
    Service / ServiceDraft {
        /// Name under which it is found.
        name: String = "Name" val show,
        /// Namespace, set by the server.
        namespace: String = "Namespace" none show,
        /// Task that offers it.
        task_name: String = "TaskName" val show,
        /// Label or number of its port.
        port_label: String = "PortLabel" val show,
        /// Where its address comes from.
        address_mode: String = "AddressMode" val show,
        /// Fixed address.
        address: String = "Address" val show,
        /// Tags.
        tags: Vec<String> = "Tags" val show,
        /// Tags while it is a canary.
        canary_tags: Vec<String> = "CanaryTags" val show,
        /// Lets Consul's catalogue override the tags.
        enable_tag_override: bool = "EnableTagOverride" val show,
        /// Health checks.
        checks: Vec<Check> = "Checks" val show,
        /// Restart rule that its checks inherit.
        check_restart: Option<CheckRestart> = "CheckRestart" ptr none,
        /// Service mesh.
        connect: Option<Connect> = "Connect" ptr show,
        /// Metadata.
        meta: GoMap = "Meta" val show,
        /// Metadata while it is a canary.
        canary_meta: GoMap = "CanaryMeta" val show,
        /// Further addresses by name.
        tagged_addresses: GoMap = "TaggedAddresses" val show,
        /// Which checks count for deployments.
        on_update: String = "OnUpdate" val show,
        /// `consul` or `nomad`.
        provider: String = "Provider" val show,
        /// Consul cluster.
        cluster: String = "Cluster" val show,
        /// Identity that registers it.
        identity: Option<Identity> = "Identity" ptr show,
        /// DNS weights.
        weights: Option<ServiceWeights> = "Weights" ptr show,
        /// Consul kind, such as `mesh-gateway`.
        kind: String = "Kind" val show,
    }
}

document! {
    /// DNS weights of a service.
    ServiceWeights / ServiceWeightsDraft {
        /// Weight while passing.
        passing: i64 = "Passing" val show,
        /// Weight while warning.
        warning: i64 = "Warning" val show,
    }
}

document! {
    /// A health check of a service.
    Check / CheckDraft {
        /// Name of the check.
        name: String = "Name" val show,
        /// `http`, `tcp`, `grpc` or `script`.
        check_type: String = "Type" val show,
        /// Program of a script check.
        command: String = "Command" val show,
        /// Its arguments.
        args: Vec<String> = "Args" val show,
        /// Path of an HTTP check.
        path: String = "Path" val show,
        /// `http` or `https`.
        protocol: String = "Protocol" val show,
        /// Port, if not the service's.
        port_label: String = "PortLabel" val show,
        /// Routes the check through the mesh proxy.
        expose: bool = "Expose" val show,
        /// Where its address comes from.
        address_mode: String = "AddressMode" val show,
        /// Address advertised to Consul.
        advertise: String = "Advertise" val none,
        /// Time between checks.
        interval: Nanos = "Interval" val show,
        /// How long one may take.
        timeout: Nanos = "Timeout" val show,
        /// State before the first result.
        initial_status: String = "InitialStatus" val show,
        /// Comment.
        notes: String = "Notes" val show,
        /// Skips verification of certificates.
        tls_skip_verify: bool = "TLSSkipVerify" val show,
        /// Name expected in the certificate.
        tls_server_name: String = "TLSServerName" val show,
        /// HTTP headers.
        header: BTreeMap<String, Vec<String>> = "Header" val show,
        /// HTTP method.
        method: String = "Method" val show,
        /// Restarts the task when it fails.
        check_restart: Option<CheckRestart> = "CheckRestart" ptr show,
        /// Service of a gRPC check.
        grpc_service: String = "GRPCService" val show,
        /// gRPC over TLS.
        grpc_use_tls: bool = "GRPCUseTLS" val show,
        /// Task of a script check.
        task_name: String = "TaskName" val show,
        /// Successes before it passes.
        success_before_passing: i64 = "SuccessBeforePassing" val show,
        /// Failures before it is critical.
        failures_before_critical: i64 = "FailuresBeforeCritical" val show,
        /// Failures before it warns.
        failures_before_warning: i64 = "FailuresBeforeWarning" val show,
        /// Body of an HTTP check.
        body: String = "Body" val show,
        /// Whether it counts for deployments.
        on_update: String = "OnUpdate" val show,
    }
}

document! {
    /// Restarts a task whose check fails.
    CheckRestart / CheckRestartDraft {
        /// Failures in a row.
        limit: i64 = "Limit" val show,
        /// Wait after a start.
        grace: Nanos = "Grace" ptr show,
        /// Counts warnings as passing.
        ignore_warnings: bool = "IgnoreWarnings" val show,
    }
}
