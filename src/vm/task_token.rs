//! Task tokens: what a callback names a waiting task with (AWS docs, "Wait for a Callback with Task Token").
//!
//! A token is 128 bits that say which attempt of which state it is, and 128 bits that only the holder of the key could
//! have put beside them. So whoever gets a token back knows whether it is genuine without having kept it, and whoever
//! has seen many tokens cannot make another one.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Bytes that a block of SHA-256 has.
const BLOCK_BYTES: usize = 64;
const ID_BYTES: usize = 16;

/// The secret that task tokens are made with and known by.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenKey([u8; 32]);

/// Which task a genuine token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId([u8; ID_BYTES]);

impl TokenId {
    /// One of `count` parts that the ids spread over evenly.
    pub(crate) fn shard(self, count: usize) -> usize {
        usize::from(self.0[0]) % count.max(1)
    }
}

impl TokenKey {
    /// A key from bytes that nobody else knows.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// The token of one attempt of a state: `machine` and the numbers say which.
    pub(super) fn token(&self, machine: &str, numbers: [u64; 3]) -> String {
        let numbers = numbers.map(u64::to_le_bytes);
        let id = self.authenticate(&[b"id", &numbers[0], &numbers[1], &numbers[2], machine.as_bytes()]);
        let tag = self.authenticate(&[b"tag", &id]);
        URL_SAFE_NO_PAD.encode([id, tag].concat())
    }

    /// Which task a token is for; `None` unless it was made with this key.
    pub fn verify(&self, token: &str) -> Option<TokenId> {
        let mut bytes = [0; 2 * ID_BYTES];
        let length = URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok()?;
        let (id, tag) = bytes[..length].split_first_chunk::<ID_BYTES>()?;
        let expected = self.authenticate(&[b"tag", id]);
        // Every byte is looked at, whatever the first ones are: the time taken says nothing of the right tag.
        let differing = expected.iter().zip(tag).fold(0, |sum, (ours, theirs)| sum | (ours ^ theirs));
        (tag.len() == ID_BYTES && differing == 0).then_some(TokenId(*id))
    }

    /// HMAC-SHA-256 (RFC 2104), the first half of it (RFC 2104, section 5).
    fn authenticate(&self, message: &[&[u8]]) -> [u8; ID_BYTES] {
        let padded = |pad: u8| {
            let mut block = [pad; BLOCK_BYTES];
            block.iter_mut().zip(self.0).for_each(|(byte, key)| *byte ^= key);
            Sha256::new_with_prefix(block)
        };
        let mut inner = padded(0x36);
        for part in message {
            inner.update(part);
        }
        let digest = padded(0x5c).chain_update(inner.finalize()).finalize();
        let mut half = [0; ID_BYTES];
        half.copy_from_slice(&digest[..ID_BYTES]);
        half
    }
}

/// Says nothing of the secret.
impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 1, whose key of 20 bytes is as good as one of 32 with zeros behind it.
    #[test]
    fn the_code_is_hmac_sha_256() {
        let mut secret = [0; 32];
        secret[..20].fill(0x0b);
        let expected =
            [0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53, 0x5c, 0xa8, 0xaf, 0xce, 0xaf, 0x0b, 0xf1, 0x2b];
        assert_eq!(TokenKey::new(secret).authenticate(&[b"Hi ", b"There"]), expected);
    }

    #[test]
    fn only_genuine_tokens_are_known() {
        let key = TokenKey::new([7; 32]);
        let token = key.token("order", [1, 2, 3]);
        assert_eq!(token.len(), 43);
        let id = key.verify(&token).expect("it was made with this key");
        assert_eq!(
            key.verify(&key.token("order", [1, 2, 3])),
            Some(id),
            "the same attempt has the same token"
        );
        for other in [key.token("order", [1, 2, 4]), key.token("orders", [1, 2, 3])] {
            assert_ne!(key.verify(&other).expect("genuine too"), id);
        }
        assert_eq!(TokenKey::new([8; 32]).verify(&token), None, "made with another key");
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("ASCII");
            assert_eq!(key.verify(&forged), None, "byte {at} changed: {forged}");
        }
        let long = format!("{token}AAAA");
        for forged in ["", "AAAA", "not base64!", &token[..42], &token[..22], &long] {
            assert_eq!(key.verify(forged), None, "{forged}");
        }
        assert!(!format!("{key:?}").contains('7'));
    }
}
