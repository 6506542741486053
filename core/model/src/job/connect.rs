//! Service mesh: sidecars. Parsed, validated and stored; running such a job says that it is not supported.

use crate::document::{Any, GoMap};
use crate::{Gateway, Identity, LogConfig, Nanos, Resources, VolumeMount, document};

document! {
    /// Service mesh of a service: native, sidecar or gateway.
    Connect / ConnectDraft {
        /// The task speaks the mesh itself.
        native: bool = "Native" val show,
        /// Gateway.
        gateway: Option<Gateway> = "Gateway" ptr show,
        /// Sidecar proxy.
        sidecar_service: Option<SidecarService> = "SidecarService" ptr show,
        /// How the sidecar runs.
        sidecar_task: Option<SidecarTask> = "SidecarTask" ptr show,
    }
}

document! {
    /// A sidecar proxy.
    SidecarService / SidecarServiceDraft {
        /// Tags.
        tags: Vec<String> = "Tags" val show,
        /// Port label.
        port: String = "Port" val show,
        /// The proxy.
        proxy: Option<ConnectProxy> = "Proxy" ptr show,
        /// No default TCP check.
        disable_default_tcp_check: bool = "DisableDefaultTCPCheck" val show,
        /// Metadata.
        meta: GoMap = "Meta" val show,
    }
}

document! {
    /// How a sidecar runs.
    SidecarTask / SidecarTaskDraft {
        /// Name of the task.
        name: String = "Name" val show,
        /// Driver.
        driver: String = "Driver" val show,
        /// User.
        user: String = "User" val show,
        /// Understood by the driver only.
        config: Option<Any> = "Config" ptr show,
        /// Environment.
        env: GoMap = "Env" val show,
        /// What it asks of its node.
        resources: Option<Resources> = "Resources" ptr show,
        /// Metadata.
        meta: GoMap = "Meta" val show,
        /// Wait between the kill signal and SIGKILL.
        kill_timeout: Option<Nanos> = "KillTimeout" ptr show,
        /// Rotation of its logs.
        log_config: Option<LogConfig> = "LogConfig" ptr show,
        /// Wait before it stops.
        shutdown_delay: Option<Nanos> = "ShutdownDelay" ptr show,
        /// Signal that asks it to stop.
        kill_signal: String = "KillSignal" val show,
        /// Volumes that it mounts.
        volume_mounts: Vec<VolumeMount> = "VolumeMounts" ptr show,
        /// Workload identities.
        identities: Vec<Identity> = "Identities" ptr show,
    }
}

document! {
    /// The proxy of a sidecar.
    ConnectProxy / ConnectProxyDraft {
        /// Address of the service.
        local_service_address: String = "LocalServiceAddress" val show,
        /// Port of the service.
        local_service_port: i64 = "LocalServicePort" val show,
        /// Paths outside the mesh.
        expose: Option<ConnectExpose> = "Expose" ptr show,
        /// Old name of `expose`.
        expose_config: Option<ConnectExpose> = "ExposeConfig" ptr none,
        /// Services that it reaches.
        upstreams: Vec<Upstream> = "Upstreams" val show,
        /// Redirects all traffic.
        transparent_proxy: Option<TransparentProxy> = "TransparentProxy" ptr show,
        /// Understood by the proxy only.
        config: Option<Any> = "Config" ptr show,
    }
}

document! {
    /// Paths that a proxy offers outside the mesh.
    ConnectExpose / ConnectExposeDraft {
        /// Old name of `paths`.
        path: Vec<ExposePath> = "Path" val none,
        /// The paths.
        paths: Vec<ExposePath> = "Paths" val show,
    }
}

document! {
    /// A path that a proxy offers outside the mesh.
    ExposePath / ExposePathDraft {
        /// Path.
        path: String = "Path" val show,
        /// `http` or `http2`.
        protocol: String = "Protocol" val show,
        /// Port of the service.
        local_path_port: i64 = "LocalPathPort" val show,
        /// Label of the listener's port.
        listener_port: String = "ListenerPort" val show,
    }
}

document! {
    /// A service that a proxy reaches.
    Upstream / UpstreamDraft {
        /// Name of the service.
        destination_name: String = "DestinationName" val show,
        /// Its namespace.
        destination_namespace: String = "DestinationNamespace" val show,
        /// Its peer.
        destination_peer: String = "DestinationPeer" val show,
        /// Its partition.
        destination_partition: String = "DestinationPartition" val show,
        /// `service` or `prepared_query`.
        destination_type: String = "DestinationType" val show,
        /// Local port.
        local_bind_port: i64 = "LocalBindPort" val show,
        /// Datacenter.
        datacenter: String = "Datacenter" val show,
        /// Local address.
        local_bind_address: String = "LocalBindAddress" val show,
        /// Local socket.
        local_bind_socket_path: String = "LocalBindSocketPath" val show,
        /// Mode of the socket.
        local_bind_socket_mode: String = "LocalBindSocketMode" val show,
        /// Gateway that it is reached through.
        mesh_gateway: Option<MeshGateway> = "MeshGateway" ptr show,
        /// Understood by the proxy only.
        config: Option<Any> = "Config" ptr show,
    }
}

document! {
    /// Gateway that an upstream is reached through.
    MeshGateway / MeshGatewayDraft {
        /// `local`, `remote` or `none`.
        mode: String = "Mode" val show,
    }
}

document! {
    /// Redirects all traffic of a group through its proxy.
    TransparentProxy / TransparentProxyDraft {
        /// User of the proxy.
        uid: String = "UID" val show,
        /// Port of the proxy.
        outbound_port: u64 = "OutboundPort" val show,
        /// Ports left alone.
        exclude_inbound_ports: Vec<String> = "ExcludeInboundPorts" val show,
        /// Ports left alone.
        exclude_outbound_ports: Vec<u64> = "ExcludeOutboundPorts" val show,
        /// Address ranges left alone.
        exclude_outbound_cidrs: Vec<String> = "ExcludeOutboundCIDRs" val show,
        /// Users left alone.
        exclude_uids: Vec<String> = "ExcludeUIDs" val show,
        /// Leaves name resolution alone.
        no_dns: bool = "NoDNS" val show,
    }
}
