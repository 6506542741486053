//! Services that allocations offer, by allocation, and their index by name.
//!
//! Limits: those of a job or of a node are found through their allocations.

use std::sync::Arc;

use model::{AllocId, Name, ServiceRegistration};

use crate::{State, Table};

/// Key of the index by name: namespace, name, allocation.
pub(crate) type NameKey = (Name, Name, AllocId);

impl State {
    /// The services of an allocation, by id.
    #[must_use]
    pub fn services_of_alloc(&self, id: AllocId) -> &[ServiceRegistration] {
        self.services.get(&id).map_or(&[], |services| services.as_slice())
    }

    /// The names of services with the allocations that offer them, by namespace, name and allocation.
    pub fn service_names(&self) -> impl Iterator<Item = (&Name, &Name, AllocId)> {
        self.services_by_name.iter().map(|(namespace, name, alloc)| (namespace, name, *alloc))
    }

    /// The services of one name in a namespace, by allocation and id.
    pub fn services_named<'a>(
        &'a self,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = (AllocId, &'a ServiceRegistration)> {
        let (namespace, name) = (Name::from(namespace), Name::from(name));
        let first = (Name::clone(&namespace), Name::clone(&name), AllocId(0));
        let last = (namespace, Name::clone(&name), AllocId(u128::MAX));
        self.services_by_name.range(first..=last).flat_map(move |(_, _, alloc)| {
            let name = Name::clone(&name);
            let services = self.services_of_alloc(*alloc).iter();
            services.filter(move |service| service.instance.name == name).map(|service| (*alloc, service))
        })
    }

    /// Replaces the services of an allocation, with their index; none removes it.
    pub(crate) fn put_services(
        &mut self,
        namespace: &Name,
        alloc: AllocId,
        services: Vec<ServiceRegistration>,
    ) {
        let key = |service: &ServiceRegistration| {
            (Name::clone(namespace), Name::clone(&service.instance.name), alloc)
        };
        let old = self.services.remove(&alloc);
        for service in old.iter().flat_map(|old| old.iter()) {
            self.services_by_name.remove(&key(service));
        }
        for service in &services {
            self.services_by_name.insert(key(service));
        }
        if old.is_some() || !services.is_empty() {
            self.indexes.set(Table::Services, self.index);
        }
        if !services.is_empty() {
            self.services.insert(alloc, Arc::new(services));
        }
    }
}
