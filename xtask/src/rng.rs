//! A small generator of our own, so that what it makes up or draws is the same on every machine and with every version of
//! every crate.

/// `SplitMix64`: a counter and a mixing function.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator for one thing: equal seeds and equal parts give equal sequences.
    pub fn of(seed: u64, parts: &[u64]) -> Self {
        let mixed = parts.iter().fold(mix(seed), |state, part| mix(state ^ mix(*part)));
        Self(mixed)
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `bound`; 0 when that is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw().checked_rem(bound).unwrap_or(0)
    }

    /// Whether something that happens `percent` times in a hundred happens.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`; the empty string when there are none.
    pub fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let index = self.below(choices.len() as u64);
        usize::try_from(index)
            .ok()
            .and_then(|index| choices.get(index))
            .copied()
            .unwrap_or("")
    }

    /// Characters of `alphabet`, which is ASCII.
    pub fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters = alphabet.as_bytes();
        (0..length)
            .filter_map(|_| usize::try_from(self.below(letters.len() as u64)).ok())
            .filter_map(|index| letters.get(index).copied().map(char::from))
            .collect()
    }
}

fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn the_sequence_never_changes() {
        let mut rng = Rng::of(1, &[2, 3]);
        let first: Vec<u64> = (0..3).map(|_| rng.below(1000)).collect();
        let mut again = Rng::of(1, &[2, 3]);
        assert_eq!(first, (0..3).map(|_| again.below(1000)).collect::<Vec<_>>());
        assert_ne!(Rng::of(1, &[2, 3]).draw(), Rng::of(1, &[3, 2]).draw());
    }

    #[test]
    fn nothing_to_choose_from_is_no_panic() {
        assert_eq!(Rng::of(0, &[]).pick(&[]), "");
        assert_eq!(Rng::of(0, &[]).below(0), 0);
    }
}
