//! Digests, password hashes and UUIDs.
//!
//! Limits: salts and random UUIDs derive from the seed that the caller gives; nothing here draws entropy.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use uuid::Uuid;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text, whole};
use crate::values::Value;

/// Costs above this take minutes.
const MOST_COST: i64 = 14;
/// A hash of cost `n` takes as long as `2^n` times this many evaluated expressions.
const STEPS_PER_ROUND: u64 = 40;

fn hex(bytes: &[u8]) -> Value {
    Value::string(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

pub(super) fn md5(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(hex(&Md5::digest(text(args, 0).as_bytes())))
}

pub(super) fn sha1(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(hex(&Sha1::digest(text(args, 0).as_bytes())))
}

pub(super) fn sha256(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(hex(&Sha256::digest(text(args, 0).as_bytes())))
}

pub(super) fn sha512(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    Ok(hex(&Sha512::digest(text(args, 0).as_bytes())))
}

pub(super) fn bcrypt(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    if args.len() > 2 {
        return Err(FunctionError::failed("bcrypt() takes no more than two arguments"));
    }
    let cost = if args.len() == 2 { whole(args, 1)? } else { 10 };
    let text = text(args, 0);
    if !(4..=MOST_COST).contains(&cost) {
        return Err(FunctionError::Argument(1, format!("cost must be between 4 and {MOST_COST}")));
    }
    if text.len() > 72 {
        return Err(FunctionError::failed("password length exceeds 72 bytes"));
    }
    context.effort(STEPS_PER_ROUND << cost)?;
    let [salt @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = context.draw();
    let hash = bcrypt::hash_with_salt(text.as_bytes(), u32::try_from(cost).unwrap_or(10), salt);
    let parts = hash.map_err(FunctionError::failed)?;
    Ok(Value::string(parts.format_for_version(bcrypt::Version::TwoA)))
}

pub(super) fn uuidv4(context: &FunctionContext<'_>, _: &[Value]) -> FunctionResult {
    let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = context.draw();
    Ok(Value::string(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()))
}

pub(super) fn uuidv5(_: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let namespace = match text(args, 0).as_ref() {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other)
            .map_err(|_| FunctionError::failed(format!("uuidv5() doesn't support namespace {other}")))?,
    };
    Ok(Value::string(Uuid::new_v5(&namespace, text(args, 1).as_bytes()).to_string()))
}
