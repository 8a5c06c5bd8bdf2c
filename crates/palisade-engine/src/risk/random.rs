//! Numbers that look random: the same on every machine, and each by its own name.
//!
//! There is no state that is handed on. A stream is named by what it is for, and its n-th number is a function of the seed,
//! the name and n. So taking one step out of a graph leaves the numbers of all others as they were, and two scenarios differ by
//! nothing but what differs between them (common random numbers).

/// What the counter of `SplitMix64` goes up by (Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, 2014).
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The numbers of one name. Uniform over 64 bits; the n-th of `SplitMix64` seeded with the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stream {
    key: u64,
}

impl Stream {
    /// The stream of a name under a seed. The parts of a name do not run together.
    pub(super) fn of<'a>(seed: u64, name: impl IntoIterator<Item = &'a str>) -> Self {
        // FNV-1a (Fowler, Noll, Vo) over the parts, each with a zero byte at its end.
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        let bytes = name.into_iter().flat_map(|part| part.bytes().chain([0]));
        let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
        Self {
            key: mix(hash ^ mix(seed)),
        }
    }

    /// The n-th number, from 0.
    pub(super) fn at(self, index: u64) -> u64 {
        mix(self.key.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// The n-th number as one between 0 and 1, neither of which it ever is.
    pub(super) fn unit(self, index: u64) -> f64 {
        /// 2 to the −52.
        const PART: f64 = f64::EPSILON;
        #[expect(clippy::cast_precision_loss, reason = "52 bits fit a float exactly")]
        let whole = (self.at(index) >> 12) as f64;
        (whole + 0.5) * PART
    }
}

/// The output function of `SplitMix64`.
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        // The published test vector for the seed 1234567.
        let stream = Stream { key: 1_234_567 };
        let numbers = [0, 1, 2, 3, 4].map(|index| stream.at(index));
        let published = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(numbers, published);
    }

    #[test]
    fn names_are_pinned_and_parts_do_not_run_together() {
        let stream = Stream::of(1, ["step", "PAL-S001"]);
        assert_eq!(stream.at(0), 17_519_289_348_632_386_976);
        assert_ne!(Stream::of(1, ["a", "bc"]), Stream::of(1, ["ab", "c"]));
        assert_ne!(Stream::of(1, ["a"]), Stream::of(2, ["a"]));
    }

    #[test]
    fn units_are_spread_evenly() {
        let stream = Stream::of(7, ["even"]);
        let mut tenths = [0_u32; 10];
        for index in 0..100_000 {
            let unit = stream.unit(index);
            assert!(unit > 0.0 && unit < 1.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 10"
            )]
            let tenth = (unit * 10.0) as usize;
            tenths[tenth] += 1;
        }
        // Each is binomial with a standard deviation of 95.
        assert!(tenths.iter().all(|count| count.abs_diff(10_000) < 400), "{tenths:?}");
    }
}
