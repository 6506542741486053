//! Services that are registered natively.

use super::view;

view! {
    /// The services of a namespace.
    NamespaceServicesView {
        /// The namespace.
        namespace: String,
        /// Its services.
        services: Vec<ServiceStub>,
    }

    /// A service by its name.
    ServiceStub {
        /// Name.
        service_name: String,
        /// Tags of all its registrations.
        tags: Vec<String>,
    }

    /// One registration of a service.
    ServiceView {
        /// Id.
        #[serde(rename = "ID")]
        id: String,
        /// Name.
        service_name: String,
        /// Namespace.
        namespace: String,
        /// Job that registered it.
        #[serde(rename = "JobID")]
        job_id: String,
        /// Allocation that registered it.
        #[serde(rename = "AllocID")]
        alloc_id: String,
        /// Node of the allocation.
        #[serde(rename = "NodeID")]
        node_id: String,
        /// Datacenter of the node.
        datacenter: String,
        /// Host or address.
        address: String,
        /// Port; 0 is none.
        port: u32,
        /// Tags.
        tags: Vec<String>,
    }
}
