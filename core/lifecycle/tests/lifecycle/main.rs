//! Drives the machine of an allocation with written events and reads what it does.

mod alloc_order;
mod garbage;
mod offers;
mod reattach;
mod restart;
mod script;
