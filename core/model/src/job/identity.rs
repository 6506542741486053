//! Identities and the secrets they open: workload identity, Vault, Consul.

use crate::document::{Any, GoMap};
use crate::{Nanos, document};

document! {
    /// A signed identity of a task or service.
    Identity / IdentityDraft {
        /// `default` or a name of its own.
        name: String = "Name" val show,
        /// Audience of the token.
        audience: Vec<String> = "Audience" val show,
        /// What happens when it is renewed.
        change_mode: String = "ChangeMode" val show,
        /// Signal for `signal`.
        change_signal: String = "ChangeSignal" val show,
        /// Puts it into the environment.
        env: bool = "Env" val show,
        /// Writes it to a file.
        file: bool = "File" val show,
        /// Path of the file, relative to the task's directory.
        filepath: String = "Filepath" val show,
        /// Service that it belongs to.
        service_name: String = "ServiceName" val show,
        /// Lifetime; 0 means until the allocation ends.
        ttl: Nanos = "TTL" val show,
        /// Further claims.
        extra_claims: Vec<String> = "ExtraClaims" val show,
    }
}

document! {
    /// Vault access of a task.
    Vault / VaultDraft {
        /// Role to log in with.
        role: String = "Role" val show,
        /// Deprecated and dropped.
        policies: Vec<String> = "Policies" ptr none,
        /// Vault namespace.
        namespace: String = "Namespace" ptr show,
        /// Cluster by name.
        cluster: String = "Cluster" val show,
        /// Sets `VAULT_TOKEN`.
        env: bool = "Env" ptr show,
        /// Writes no token file.
        disable_file: bool = "DisableFile" ptr show,
        /// What happens when the token changes.
        change_mode: String = "ChangeMode" ptr show,
        /// Signal for `signal`.
        change_signal: String = "ChangeSignal" ptr show,
        /// Does not renew the token.
        allow_token_expiration: bool = "AllowTokenExpiration" ptr show,
    }
}

document! {
    /// Consul settings of a group or task.
    ConsulBlock / ConsulBlockDraft {
        /// Consul namespace.
        namespace: String = "Namespace" val show,
        /// Cluster by name.
        cluster: String = "Cluster" val show,
        /// Consul partition.
        partition: String = "Partition" val show,
    }
}

document! {
    /// A secret fetched before a task starts.
    SecretBlock / SecretBlockDraft {
        /// Name in `${secret.<name>.<key>}`.
        name: String = "Name" val show,
        /// `nomad`, `vault` or a plugin.
        provider: String = "Provider" val show,
        /// Path within the provider.
        path: String = "Path" val show,
        /// Understood by the provider only.
        config: Option<Any> = "Config" ptr show,
        /// Environment of a plugin.
        env: GoMap = "Env" ptr show,
    }
}
