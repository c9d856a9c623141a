//! Seeds of single executions.

/// The seed of the execution of the line at `offset` of input number `source`.
///
/// It depends on nothing but the run's seed and the line's place, so results are the same whichever worker
/// runs the line.
pub(crate) fn derive_seed(run_seed: u64, source: u32, offset: u64) -> u64 {
    mix(mix(run_seed ^ mix(u64::from(source))) ^ offset)
}

/// The finaliser of `SplitMix64` (Steele, Lea, Flood 2014): every input bit reaches every output bit.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_places_have_seeds_of_their_own() {
        let mut seeds: Vec<u64> = Vec::new();
        for run in 0..3 {
            for source in 0..3 {
                for offset in 0..100 {
                    seeds.push(derive_seed(run, source, offset));
                }
            }
        }
        let count = seeds.len();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), count);
        assert_eq!(derive_seed(1, 2, 3), derive_seed(1, 2, 3));
    }
}
