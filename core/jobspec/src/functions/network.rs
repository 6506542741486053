//! Functions of address ranges.
//!
//! Limits: IPv4 and IPv6; host and subnet numbers must fit in the bits there are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, number, text, whole};
use crate::values::Value;

/// An address range as numbers: base address, prefix length, bits of an address.
#[derive(Clone, Copy)]
struct Range {
    base: u128,
    prefix: u32,
    bits: u32,
}

impl Range {
    fn read(args: &[Value]) -> Result<Range, FunctionError> {
        let text = text(args, 0);
        let net: IpNet = text.parse().map_err(|_| {
            FunctionError::failed(format!("invalid CIDR expression: invalid CIDR address: {text}"))
        })?;
        let (base, bits) = match net.network() {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        Ok(Range { base, prefix: u32::from(net.prefix_len()), bits })
    }

    fn address(self, number: u128) -> Result<IpAddr, FunctionError> {
        if self.bits == 128 {
            return Ok(IpAddr::V6(Ipv6Addr::from(number)));
        }
        let number = u32::try_from(number).map_err(|_| FunctionError::failed("address out of range"))?;
        Ok(IpAddr::V4(Ipv4Addr::from(number)))
    }

    /// Returns the subnet with `more` bits of prefix and that number.
    fn subnet(self, more: u32, number: u128) -> Result<Range, FunctionError> {
        let prefix = self.prefix + more;
        if prefix > self.bits {
            let message = format!("insufficient address space to extend prefix of {} by {more}", self.prefix);
            return Err(FunctionError::failed(message));
        }
        if more < 128 && number >> more != 0 {
            let message =
                format!("prefix extension of {more} does not accommodate a subnet numbered {number}");
            return Err(FunctionError::failed(message));
        }
        let shift = self.bits - prefix;
        let offset = if shift >= 128 { 0 } else { number << shift };
        Ok(Range { base: self.base | offset, prefix, bits: self.bits })
    }

    fn text(self) -> Result<String, FunctionError> {
        Ok(format!("{}/{}", self.address(self.base)?, self.prefix))
    }
}

pub(super) fn cidrhost(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let range = Range::read(args)?;
    let host_bits = range.bits - range.prefix;
    let space: u128 = if host_bits >= 128 { u128::MAX } else { (1 << host_bits) - 1 };
    let Ok(wanted) = i128::try_from(number(args, 1).truncated()) else {
        return Err(FunctionError::Argument(1, "the host number is out of range".to_owned()));
    };
    let host =
        if wanted < 0 { (space + 1).checked_sub(wanted.unsigned_abs()) } else { Some(wanted.unsigned_abs()) };
    match host.filter(|&host| host <= space) {
        Some(host) => Ok(Value::string(range.address(range.base | host)?.to_string())),
        None => {
            let message = format!("prefix of {} does not accommodate a host numbered {wanted}", range.prefix);
            Err(FunctionError::failed(message))
        }
    }
}

pub(super) fn cidrnetmask(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let range = Range::read(args)?;
    if range.bits == 128 {
        return Err(FunctionError::failed("IPv6 addresses cannot have a netmask"));
    }
    let mask = u32::MAX.checked_shl(32 - range.prefix).unwrap_or(0);
    Ok(Value::string(Ipv4Addr::from(mask).to_string()))
}

pub(super) fn cidrsubnet(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let range = Range::read(args)?;
    let more = new_bits(args, 1)?;
    let number = u128::try_from(whole(args, 2)?)
        .map_err(|_| FunctionError::Argument(2, "the subnet number must not be negative".to_owned()))?;
    Ok(Value::string(range.subnet(more, number)?.text()?))
}

fn new_bits(args: &[Value], index: usize) -> Result<u32, FunctionError> {
    let bits = u32::try_from(whole(args, index)?).ok().filter(|bits| *bits <= 128);
    bits.ok_or_else(|| {
        FunctionError::Argument(index, "must extend prefix by between 0 and 128 bits".to_owned())
    })
}

/// Hands out consecutive subnets of the given sizes, each at the next place where it fits.
pub(super) fn cidrsubnets(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let range = Range::read(args)?;
    let mut subnets = Vec::new();
    let mut next: u128 = 0;
    for index in 1..args.len() {
        let more = new_bits(args, index)?;
        if more == 0 {
            return Err(FunctionError::Argument(index, "must extend prefix by at least one bit".to_owned()));
        }
        let host_bits = range
            .bits
            .checked_sub(range.prefix + more)
            .ok_or_else(|| FunctionError::Argument(index, "not enough remaining address space".to_owned()))?;
        let size: u128 = 1u128.checked_shl(host_bits).unwrap_or(u128::MAX);
        let start = next.div_ceil(size).checked_mul(size);
        let end = start.and_then(|start| start.checked_add(size));
        let total: u128 = 1u128.checked_shl(range.bits - range.prefix).unwrap_or(u128::MAX);
        let Some((start, end)) = start.zip(end.filter(|&end| end <= total)) else {
            let message = "not enough remaining address space for a subnet with that prefix";
            return Err(FunctionError::Argument(index, message.to_owned()));
        };
        next = end;
        let subnet = Range { base: range.base | start, prefix: range.prefix + more, bits: range.bits };
        subnets.push(Value::string(subnet.text()?));
    }
    Ok(Value::list(subnets))
}
