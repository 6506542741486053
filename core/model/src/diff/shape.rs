//! Which parts of a document count, under which names, and how lists are matched.

/// How the two sides of a nested field are matched.
#[derive(Debug, Clone, Copy)]
pub(super) enum Matching {
    /// One document, or none.
    One,
    /// A list of strings: an object whose fields are the strings that came or went.
    Strings,
    /// A list of documents that are the same only if they are equal.
    Equal,
    /// A list of documents that are the same if this field is.
    By(&'static str),
    /// The same, but a single one on both sides is always matched.
    ByOrSingle(&'static str),
    /// A list of services or checks: the best match by position, port and name.
    Score,
    /// A map of names to documents.
    Named,
    /// A free-form value.
    Config,
}

/// A nested field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Child {
    pub(super) field: &'static str,
    pub(super) name: &'static str,
    pub(super) matching: Matching,
    pub(super) shape: &'static Shape,
}

/// A document.
#[derive(Debug)]
pub(super) struct Shape {
    /// Scalar fields that do not count.
    pub(super) ignored: &'static [&'static str],
    /// If any, the only scalar fields that count.
    pub(super) only: &'static [&'static str],
    pub(super) children: &'static [Child],
}

const fn plain(children: &'static [Child]) -> Shape {
    Shape { ignored: &[], only: &[], children }
}

const fn child(field: &'static str, name: &'static str, matching: Matching, shape: &'static Shape) -> Child {
    Child { field, name, matching, shape }
}

const fn strings(field: &'static str) -> Child {
    Child { field, name: field, matching: Matching::Strings, shape: &LEAF }
}

const LEAF: Shape = plain(&[]);

pub(super) static JOB: Shape = Shape {
    ignored: &[
        "ID",
        "Status",
        "StatusDescription",
        "Version",
        "Stable",
        "CreateIndex",
        "ModifyIndex",
        "JobModifyIndex",
        "SubmitTime",
        "NomadTokenID",
        "DispatchIdempotencyToken",
    ],
    only: &[],
    children: &[
        strings("Datacenters"),
        child("Constraints", "Constraint", Matching::Equal, &LEAF),
        child("Affinities", "Affinity", Matching::Equal, &LEAF),
        child("Periodic", "Periodic", Matching::One, &PERIODIC),
        child("ParameterizedJob", "ParameterizedJob", Matching::One, &PARAMETERIZED),
        child("Multiregion", "Multiregion", Matching::One, &MULTIREGION),
        child("UI", "UI", Matching::One, &UI),
    ],
};

static PERIODIC: Shape = plain(&[strings("Specs")]);
static PARAMETERIZED: Shape = plain(&[strings("MetaOptional"), strings("MetaRequired")]);
static UI: Shape = plain(&[child("Links", "Link", Matching::Equal, &LEAF)]);
static MULTIREGION: Shape = plain(&[
    child("Strategy", "Strategy", Matching::One, &LEAF),
    child("Regions", "Region", Matching::By("Name"), &REGION),
]);
static REGION: Shape = plain(&[strings("Datacenters")]);

pub(super) static GROUP: Shape = Shape {
    ignored: &["Name", "StopAfterClientDisconnect", "MaxClientDisconnect", "MaxRunDuration"],
    only: &[],
    children: &[
        child("Constraints", "Constraint", Matching::Equal, &LEAF),
        child("Affinities", "Affinity", Matching::Equal, &LEAF),
        child("RestartPolicy", "RestartPolicy", Matching::One, &LEAF),
        child("Migrate", "Migrate", Matching::One, &LEAF),
        child("ReschedulePolicy", "ReschedulePolicy", Matching::One, &LEAF),
        child("EphemeralDisk", "EphemeralDisk", Matching::One, &LEAF),
        child("Consul", "Consul", Matching::One, &LEAF),
        child("Update", "Update", Matching::One, &UPDATE),
        child("Disconnect", "Disconnect", Matching::One, &DISCONNECT),
        child("Networks", "Network", Matching::Equal, &NETWORK),
        child("Scaling", "Scaling", Matching::One, &SCALING),
        child("Services", "Service", Matching::Score, &SERVICE),
        child("Volumes", "Volume", Matching::Named, &VOLUME),
    ],
};

static UPDATE: Shape = Shape { ignored: &["Stagger"], only: &[], children: &[] };
static DISCONNECT: Shape = Shape { ignored: &["StopOnClientAfter", "Replace"], only: &[], children: &[] };
static NETWORK: Shape = Shape {
    ignored: &[],
    only: &["Hostname", "Mode"],
    children: &[
        child("ReservedPorts", "Static Port", Matching::Equal, &STATIC_PORT),
        child("DynamicPorts", "Dynamic Port", Matching::Equal, &DYNAMIC_PORT),
        child("DNS", "DNS", Matching::One, &DNS),
        child("CNI", "CNIConfig", Matching::One, &LEAF),
    ],
};
static STATIC_PORT: Shape = Shape { ignored: &["IgnoreCollision"], only: &[], children: &[] };
static DYNAMIC_PORT: Shape = Shape { ignored: &["Value", "IgnoreCollision"], only: &[], children: &[] };
static DNS: Shape = plain(&[strings("Servers"), strings("Searches"), strings("Options")]);
static SCALING: Shape = Shape {
    ignored: &[],
    only: &["Enabled", "Max", "Min"],
    children: &[child("Policy", "Policy", Matching::Config, &LEAF)],
};
static VOLUME: Shape = plain(&[child("MountOptions", "MountOptions", Matching::One, &MOUNT_OPTIONS)]);
static MOUNT_OPTIONS: Shape = plain(&[strings("MountFlags")]);

static SERVICE: Shape = plain(&[
    strings("CanaryTags"),
    strings("Tags"),
    child("Checks", "Check", Matching::Score, &CHECK),
    child("Connect", "ConsulConnect", Matching::One, &CONNECT),
    child("Identity", "Identity", Matching::One, &IDENTITY),
    child("Weights", "Weights", Matching::One, &LEAF),
]);
static CHECK: Shape = Shape {
    ignored: &["Advertise"],
    only: &[],
    children: &[
        strings("Args"),
        child("Header", "Header", Matching::Config, &LEAF),
        child("CheckRestart", "CheckRestart", Matching::One, &LEAF),
    ],
};
static CONNECT: Shape = plain(&[
    child("SidecarService", "SidecarService", Matching::One, &SIDECAR_SERVICE),
    child("SidecarTask", "SidecarTask", Matching::One, &SIDECAR_TASK),
    child("Gateway", "Gateway", Matching::One, &GATEWAY),
]);
static SIDECAR_SERVICE: Shape =
    plain(&[strings("Tags"), child("Proxy", "ConsulProxy", Matching::One, &PROXY)]);
static PROXY: Shape = plain(&[
    child("Upstreams", "ConsulUpstreams", Matching::By("DestinationName"), &UPSTREAM),
    child("Expose", "Expose", Matching::One, &EXPOSE),
    child("TransparentProxy", "TransparentProxy", Matching::One, &TRANSPARENT),
    child("Config", "Config", Matching::Config, &LEAF),
]);
static UPSTREAM: Shape = plain(&[
    child("MeshGateway", "MeshGateway", Matching::One, &LEAF),
    child("Config", "Config", Matching::Config, &LEAF),
]);
static EXPOSE: Shape = plain(&[child("Paths", "Paths", Matching::By("Path"), &LEAF)]);
static TRANSPARENT: Shape =
    plain(&[strings("ExcludeInboundPorts"), strings("ExcludeOutboundCIDRs"), strings("ExcludeUIDs")]);
static SIDECAR_TASK: Shape = plain(&[
    child("Config", "Config", Matching::Config, &LEAF),
    child("Resources", "Resources", Matching::One, &RESOURCES),
    child("LogConfig", "LogConfig", Matching::One, &LEAF),
]);
static GATEWAY: Shape = plain(&[
    child("Proxy", "Proxy", Matching::Config, &LEAF),
    child("Ingress", "Ingress", Matching::Config, &LEAF),
    child("Terminating", "Terminating", Matching::Config, &LEAF),
]);
static IDENTITY: Shape = plain(&[strings("Audience")]);

pub(super) static TASK: Shape = Shape {
    ignored: &["Name"],
    only: &[],
    children: &[
        child("Config", "Config", Matching::Config, &LEAF),
        child("Constraints", "Constraint", Matching::Equal, &LEAF),
        child("Affinities", "Affinity", Matching::Equal, &LEAF),
        child("Resources", "Resources", Matching::One, &RESOURCES),
        child("LogConfig", "LogConfig", Matching::One, &LOG_CONFIG),
        child("DispatchPayload", "DispatchPayload", Matching::One, &LEAF),
        child("Artifacts", "Artifact", Matching::By("RelativeDest"), &LEAF),
        child("Services", "Service", Matching::Score, &SERVICE),
        child("Vault", "Vault", Matching::One, &LEAF),
        child("Consul", "Consul", Matching::One, &LEAF),
        child("Templates", "Template", Matching::ByOrSingle("DestPath"), &TEMPLATE),
        child("Identity", "Identity", Matching::One, &IDENTITY),
        child("Identities", "Identity", Matching::By("Name"), &IDENTITY),
        child("Secrets", "Secret", Matching::By("Name"), &SECRET),
        child("Actions", "Action", Matching::By("Name"), &ACTION),
        child("VolumeMounts", "VolumeMount", Matching::Equal, &LEAF),
    ],
};

static LOG_CONFIG: Shape = Shape { ignored: &["Enabled"], only: &[], children: &[] };
static RESOURCES: Shape = plain(&[
    child("Networks", "Network", Matching::Equal, &NETWORK),
    child("Devices", "Device", Matching::By("Name"), &DEVICE),
    child("NUMA", "NUMA", Matching::One, &NUMA),
]);
static DEVICE: Shape = plain(&[
    child("Constraints", "Constraint", Matching::Equal, &LEAF),
    child("Affinities", "Affinity", Matching::Equal, &LEAF),
]);
static NUMA: Shape = plain(&[strings("Devices")]);
static TEMPLATE: Shape = plain(&[
    child("ChangeScript", "ChangeScript", Matching::One, &SCRIPT),
    child("Wait", "Template", Matching::One, &LEAF),
]);
static SCRIPT: Shape = plain(&[strings("Args")]);
static SECRET: Shape = plain(&[child("Config", "Config", Matching::Config, &LEAF)]);
static ACTION: Shape = plain(&[strings("Args")]);
