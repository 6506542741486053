//! The event stream: what an entry changed, as records that people subscribe to, and the last of them in a ring.

mod record;
mod ring;

pub use record::{Event, EventPayload, EventTopic, EventType};
pub use ring::{EventBatch, EventRing, Lagged};
