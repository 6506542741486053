//! What the page of an allocation needs besides the allocation.
//!
//! Limits: what the node does not say is left out; the page is shown in any case.

use api::Client;
use api::view::AllocView;

use crate::commands::show::AllocPage;

/// Asks the allocation's node for checks and usage.
pub(super) async fn page_of(client: &Client, alloc: AllocView) -> AllocPage {
    let mut page = AllocPage::default();
    if alloc.client_status == "running" {
        // The node may be away, which the page says by itself.
        page.usage = client.client().alloc_stats(&alloc.id).await.ok().map(|reply| reply.value);
        let checks = client.client().alloc_checks(&alloc.id).await.ok();
        page.checks = checks.and_then(|reply| reply.value).unwrap_or_default();
    }
    page.alloc = alloc;
    page
}
