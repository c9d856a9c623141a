//! Random numbers that depend on a seed alone.
//!
//! Results must not depend on the machine or on the time, so nothing here asks the operating system. The
//! generator is `SplitMix64` (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators"): every seed
//! is a good one, neighbouring seeds give unrelated numbers, and the state is one word that an execution can
//! be suspended with. It is not for secrets.

/// A deterministic generator.
///
/// ```
/// use aslx::value::random::Random;
/// assert_eq!(Random::new(7).next_u64(), Random::new(7).next_u64());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random {
    state: u64,
}

/// The odd number nearest to 2^64 divided by the golden ratio: the step from state to state.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// The generator of this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        let mut bits = self.state;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    /// A number from 0 (inclusive) to 1 (exclusive), with 53 random bits.
    #[inline]
    pub fn unit_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// An integer from `low` (inclusive) to `high` (exclusive); `low` if the range is empty.
    ///
    /// The bias of scaling 64 bits is below one in 2^64 divided by the width: not observable.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        if low >= high {
            return low;
        }
        let width = high.wrapping_sub(low) as u64;
        let scaled = (u128::from(self.next_u64()) * u128::from(width)) >> 64;
        low.wrapping_add(scaled as i64)
    }

    /// A version 4 UUID (RFC 9562) as its 36 lower-case characters.
    pub fn uuid_v4(&mut self) -> [u8; 36] {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let high = self.next_u64() & !0xf000 | 0x4000;
        let low = self.next_u64() & !(0b11 << 62) | 0b10 << 62;
        let bits = u128::from(high) << 64 | u128::from(low);
        let mut text = [b'-'; 36];
        let mut digit = 32;
        for (index, place) in text.iter_mut().enumerate() {
            if !matches!(index, 8 | 13 | 18 | 23) {
                digit -= 1;
                *place = HEX[(bits >> (digit * 4) & 15) as usize];
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_published_sequence() {
        // The reference implementation's first numbers for this seed.
        let mut random = Random::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| random.next_u64()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn ranges_hold_every_member_and_no_other() {
        let mut random = Random::new(1);
        let mut seen = [0; 5];
        for _ in 0..1000 {
            seen[usize::try_from(random.range(-2, 3) + 2).unwrap()] += 1;
        }
        assert!(seen.iter().all(|&count| count > 140), "{seen:?}");
        assert_eq!(random.range(4, 4), 4);
        assert_eq!(random.range(4, -4), 4);
        let wide = random.range(i64::MIN, i64::MAX);
        assert!(wide < i64::MAX);
    }

    #[test]
    fn unit_floats_stay_below_one() {
        let mut random = Random::new(2);
        let numbers: Vec<f64> = (0..1000).map(|_| random.unit_f64()).collect();
        assert!(numbers.iter().all(|n| (0.0..1.0).contains(n)));
        let mean = numbers.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }

    #[test]
    fn uuids_carry_version_and_variant() {
        let mut random = Random::new(3);
        let uuid = String::from_utf8(random.uuid_v4().to_vec()).unwrap();
        assert_ne!(uuid.as_bytes(), random.uuid_v4());
        let groups: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
        assert!(uuid.bytes().all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    }
}
