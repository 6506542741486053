//! `rsadecrypt`: PKCS #1 v1.5 with a private key in PEM.
//!
//! Limits: PKCS #1 and PKCS #8 keys without a passphrase, up to 8,192 bits. Meant for the command
//! line; timing is not hidden.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;

use super::context::FunctionContext;
use super::signature::{FunctionError, FunctionResult, text};
use crate::values::Value;

const MOST_KEY_BITS: u64 = 8_192;

struct PrivateKey {
    modulus: BigUint,
    exponent: BigUint,
}

pub(super) fn rsadecrypt(context: &FunctionContext<'_>, args: &[Value]) -> FunctionResult {
    let cipher = STANDARD.decode(text(args, 0).as_bytes()).map_err(|_| {
        FunctionError::Argument(0, "failed to decode input: cipher text must be base64-encoded".to_owned())
    })?;
    let key = private_key(&text(args, 1)).ok_or_else(|| {
        FunctionError::Argument(1, "failed to parse key: not an RSA private key in PEM".to_owned())
    })?;
    let size = usize::try_from(key.modulus.bits().div_ceil(8)).unwrap_or(0);
    context.effort(key.modulus.bits().saturating_mul(key.modulus.bits()) / 100)?;
    let cipher = BigUint::from_bytes_be(&cipher);
    if cipher >= key.modulus {
        return Err(FunctionError::failed("failed to decrypt: the cipher text is too long"));
    }
    let plain = cipher.modpow(&key.exponent, &key.modulus).to_bytes_be();
    let padded: Vec<u8> = std::iter::repeat_n(0, size.saturating_sub(plain.len())).chain(plain).collect();
    let message = padded.strip_prefix(&[0, 2]).and_then(|rest| {
        rest.iter().position(|&byte| byte == 0).filter(|&at| at >= 8).map(|at| &rest[at + 1..])
    });
    let message =
        message.ok_or_else(|| FunctionError::failed("failed to decrypt: crypto/rsa: decryption error"))?;
    match std::str::from_utf8(message) {
        Ok(text) => Ok(Value::string(text)),
        Err(_) => Err(FunctionError::failed("the decrypted text is not valid UTF-8")),
    }
}

fn private_key(pem: &str) -> Option<PrivateKey> {
    let begin = pem.find("-----BEGIN ")?;
    let (_, rest) = pem[begin..].split_once("-----\n")?;
    let (body, _) = rest.split_once("-----END")?;
    let der = STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?;
    let (mut fields, _) = element(&der, 0x30)?;
    let (_version, rest) = element(fields, 0x02)?;
    if rest.first() == Some(&0x30) {
        // PKCS #8 wraps the PKCS #1 key in an octet string after the algorithm.
        let (_algorithm, rest) = element(rest, 0x30)?;
        let (wrapped, _) = element(rest, 0x04)?;
        fields = element(wrapped, 0x30)?.0;
    }
    let (_version, rest) = element(fields, 0x02)?;
    let (modulus, rest) = element(rest, 0x02)?;
    let (_public, rest) = element(rest, 0x02)?;
    let (exponent, _) = element(rest, 0x02)?;
    let key =
        PrivateKey { modulus: BigUint::from_bytes_be(modulus), exponent: BigUint::from_bytes_be(exponent) };
    let bits = key.modulus.bits();
    (bits > 1 && bits <= MOST_KEY_BITS && key.exponent.bits() <= bits).then_some(key)
}

/// Returns the content of the DER element with that tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) =
            rest.split_at_checked(usize::from(first & 0x7f)).filter(|(digits, _)| digits.len() <= 4)?;
        (digits.iter().fold(0usize, |length, &digit| (length << 8) | usize::from(digit)), rest)
    };
    (found == tag).then(|| rest.split_at_checked(length)).flatten()
}
