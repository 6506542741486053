//! Services by the beginning of their name.

use api::view::NamespaceServicesView;
use api::{Client, Query};

use crate::CommandError;
use crate::commands::show;

/// Returns the name of the service that is called so, or whose name is the only one there.
pub(super) async fn find_service(client: &Client, wanted: &str) -> Result<String, CommandError> {
    let asked = client.services().list(Query::prefix(wanted)).await;
    let found = asked.map_err(|error| CommandError::request("listing service registrations", &error))?.value;
    let names: Vec<&str> = names(&found).collect();
    match names[..] {
        [] => Err(CommandError::failed(format!("No service registrations with prefix {wanted:?} found"))),
        _ if names.contains(&wanted) => Ok(wanted.to_owned()),
        [only] => Ok(only.to_owned()),
        _ => {
            let table = show::service_list(&found, false);
            Err(CommandError::failed(format!("Prefix matched multiple services\n\n{table}")))
        }
    }
}

fn names(found: &[NamespaceServicesView]) -> impl Iterator<Item = &str> {
    found.iter().flat_map(|namespace| &namespace.services).map(|service| service.service_name.as_str())
}
