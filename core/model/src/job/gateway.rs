//! Service mesh: gateways. Parsed, validated and stored; running such a job says that it is not supported.

use std::collections::BTreeMap;

use crate::document::{Any, GoMap};
use crate::{Nanos, document};

document! {
    /// A mesh gateway: ingress, terminating or mesh.
    Gateway / GatewayDraft {
        /// The proxy.
        proxy: Option<GatewayProxy> = "Proxy" ptr show,
        /// Lets traffic into the mesh.
        ingress: Option<GatewayIngress> = "Ingress" ptr show,
        /// Lets traffic out of the mesh.
        terminating: Option<GatewayTerminating> = "Terminating" ptr show,
        /// Connects meshes; has no settings.
        mesh: Option<Any> = "Mesh" ptr show,
    }
}

document! {
    /// The proxy of a gateway.
    GatewayProxy / GatewayProxyDraft {
        /// How long connecting may take.
        connect_timeout: Option<Nanos> = "ConnectTimeout" ptr show,
        /// Binds tagged addresses.
        bind_tagged_addresses: bool = "EnvoyGatewayBindTaggedAddresses" val show,
        /// Binds these addresses.
        bind_addresses: BTreeMap<String, GatewayBindAddress> = "EnvoyGatewayBindAddresses" val show,
        /// Binds no default address.
        no_default_bind: bool = "EnvoyGatewayNoDefaultBind" val show,
        /// Discovery of DNS upstreams.
        dns_discovery_type: String = "EnvoyDNSDiscoveryType" val show,
        /// Understood by the proxy only.
        config: Option<Any> = "Config" ptr show,
    }
}

document! {
    /// An address that a gateway binds.
    GatewayBindAddress / GatewayBindAddressDraft {
        /// Name.
        name: String = "Name" val show,
        /// Address.
        address: String = "Address" val show,
        /// Port.
        port: i64 = "Port" val show,
    }
}

document! {
    /// Lets traffic into the mesh.
    GatewayIngress / GatewayIngressDraft {
        /// TLS of its listeners.
        tls: Option<GatewayTls> = "TLS" ptr show,
        /// Listeners.
        listeners: Vec<GatewayListener> = "Listeners" val show,
    }
}

document! {
    /// TLS of a gateway.
    GatewayTls / GatewayTlsDraft {
        /// Whether it is on.
        enabled: bool = "Enabled" val show,
        /// Oldest version.
        min_version: String = "TLSMinVersion" val show,
        /// Newest version.
        max_version: String = "TLSMaxVersion" val show,
        /// Cipher suites.
        cipher_suites: Vec<String> = "CipherSuites" val show,
        /// Secret discovery.
        sds: Option<GatewaySds> = "SDS" ptr show,
    }
}

document! {
    /// Secret discovery of a gateway.
    GatewaySds / GatewaySdsDraft {
        /// Cluster.
        cluster_name: String = "ClusterName" val show,
        /// Resource.
        cert_resource: String = "CertResource" val show,
    }
}

document! {
    /// A listener of an ingress gateway.
    GatewayListener / GatewayListenerDraft {
        /// Port.
        port: i64 = "Port" val show,
        /// `tcp`, `http`, `http2` or `grpc`.
        protocol: String = "Protocol" val show,
        /// Services behind it.
        services: Vec<GatewayService> = "Services" val show,
    }
}

document! {
    /// A service behind a listener.
    GatewayService / GatewayServiceDraft {
        /// Name.
        name: String = "Name" val show,
        /// Host names.
        hosts: Vec<String> = "Hosts" val show,
        /// TLS.
        tls: Option<GatewayTls> = "TLS" ptr show,
        /// Changes of request headers.
        request_headers: Option<GatewayHeaders> = "RequestHeaders" ptr show,
        /// Changes of response headers.
        response_headers: Option<GatewayHeaders> = "ResponseHeaders" ptr show,
        /// Connections at a time.
        max_connections: Option<u64> = "MaxConnections" ptr show,
        /// Requests that may wait.
        max_pending_requests: Option<u64> = "MaxPendingRequests" ptr show,
        /// Requests at a time.
        max_concurrent_requests: Option<u64> = "MaxConcurrentRequests" ptr show,
    }
}

document! {
    /// Changes of headers.
    GatewayHeaders / GatewayHeadersDraft {
        /// Added.
        add: GoMap = "Add" val show,
        /// Set.
        set: GoMap = "Set" val show,
        /// Removed.
        remove: Vec<String> = "Remove" val show,
    }
}

document! {
    /// Lets traffic out of the mesh.
    GatewayTerminating / GatewayTerminatingDraft {
        /// Services outside.
        services: Vec<GatewayLinkedService> = "Services" val show,
    }
}

document! {
    /// A service outside the mesh.
    GatewayLinkedService / GatewayLinkedServiceDraft {
        /// Name.
        name: String = "Name" val show,
        /// Authority.
        ca_file: String = "CAFile" val show,
        /// Certificate.
        cert_file: String = "CertFile" val show,
        /// Key.
        key_file: String = "KeyFile" val show,
        /// Name sent in the handshake.
        sni: String = "SNI" val show,
    }
}
