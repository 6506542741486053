//! Services: registered by reports of their allocations, gone with them or with their nodes.

use model::{
    Alloc, AllocId, MAX_SERVICES, Name, NodeId, SERVICE_ID_PREFIX, ServiceInstance, ServiceRegistration,
};

use super::{ApplyError, Change, Table};
use crate::txn::Txn;

impl Txn<'_> {
    /// Makes the services of an allocation what its client says. One that has ended offers none.
    pub(crate) fn set_services(&mut self, alloc: &Alloc, instances: &[ServiceInstance]) {
        let instances = if alloc.client.is_terminal() { &[] } else { instances };
        let old = self.state.services_of_alloc(alloc.id);
        let same = old.len() == instances.len()
            && old.iter().zip(instances).all(|(old, instance)| old.instance == *instance);
        if same {
            return;
        }
        let index = self.index();
        let register = |instance: &ServiceInstance| {
            let old = old.iter().find(|old| old.instance.id == instance.id);
            ServiceRegistration {
                instance: instance.clone(),
                create_index: old.map_or(index, |old| old.create_index),
                modify_index: match old {
                    Some(old) if old.instance == *instance => old.modify_index,
                    Some(_) | None => index,
                },
            }
        };
        let services = instances.iter().take(MAX_SERVICES).map(register).collect();
        let namespace = Name::from(alloc.job.namespace.as_str());
        self.store_services(&namespace, alloc.id, services);
    }

    /// Forgets the services of everything on a node that is gone.
    pub(crate) fn forget_services_on(&mut self, node: NodeId) {
        let allocs: Vec<_> = self.state.allocs_on_node(node).cloned().collect();
        for alloc in allocs {
            self.set_services(&alloc, &[]);
        }
    }

    /// Forgets one registration. Its client registers it again with its next report, if it still runs.
    pub(super) fn remove_service(&mut self, namespace: &str, id: &str) -> Result<(), ApplyError> {
        let not_found = || ApplyError::ServiceNotFound(Name::from(id));
        let alloc = alloc_of(id).and_then(|alloc| self.state.alloc(alloc)).ok_or_else(not_found)?;
        let alloc = alloc.clone();
        let mut services = self.state.services_of_alloc(alloc.id).to_vec();
        let found = services.iter().position(|service| *service.instance.id == *id).ok_or_else(not_found)?;
        if alloc.job.namespace != namespace {
            return Err(not_found());
        }
        services.remove(found);
        self.store_services(&Name::from(namespace), alloc.id, services);
        Ok(())
    }

    fn store_services(&mut self, namespace: &Name, alloc: AllocId, services: Vec<ServiceRegistration>) {
        self.state.put_services(namespace, alloc, services);
        self.changes.push(Change::Table(Table::Services));
    }
}

/// The allocation that the id of a registration names.
fn alloc_of(id: &str) -> Option<AllocId> {
    id.strip_prefix(SERVICE_ID_PREFIX)?.get(..36)?.parse().ok()
}
