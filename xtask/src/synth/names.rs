//! Names, ids and times as the API server makes them.

use crate::rng::Rng;

/// The letters of generated names: no vowels, so that no words appear.
const SUFFIX: &str = "bcdfghjklmnpqrstvwxz2456789";
const HEX: &str = "0123456789abcdef";

/// The five letters that end a generated name.
pub(super) fn suffix(rng: &mut Rng) -> String {
    rng.text(SUFFIX, 5)
}

/// A `pod-template-hash`, also the end of a `ReplicaSet`'s name.
pub(super) fn template_hash(rng: &mut Rng) -> String {
    rng.text(SUFFIX, 9)
}

/// A random UUID.
pub(super) fn uid(rng: &mut Rng) -> String {
    format!(
        "{}-{}-4{}-{}{}-{}",
        rng.text(HEX, 8),
        rng.text(HEX, 4),
        rng.text(HEX, 3),
        rng.text("89ab", 1),
        rng.text(HEX, 3),
        rng.text(HEX, 12)
    )
}

/// A digest of an image or a container's id.
pub(super) fn digest(rng: &mut Rng) -> String {
    rng.text(HEX, 64)
}

/// A moment in one fixed month.
pub(super) fn time(rng: &mut Rng) -> String {
    let (day, hour, minute, second) = (rng.below(28), rng.below(24), rng.below(60), rng.below(60));
    format!(
        "2026-03-{:02}T{hour:02}:{minute:02}:{second:02}Z",
        day.saturating_add(1)
    )
}

/// A resource version.
pub(super) fn version(rng: &mut Rng) -> String {
    rng.below(90_000_000).saturating_add(10_000_000).to_string()
}

/// The address of the `index`th pod, in 10.0.0.0/8 from 10.64.0.0 on.
pub(super) fn pod_address(index: usize) -> String {
    let [_, second, third, fourth] = u32::try_from(index).unwrap_or(0).to_be_bytes();
    format!("10.{}.{third}.{fourth}", second.saturating_add(64))
}

/// The address of the `index`th node, in 10.0.0.0/16.
pub(super) fn node_address(index: usize) -> String {
    let [_, _, third, fourth] = u32::try_from(index.saturating_add(10)).unwrap_or(0).to_be_bytes();
    format!("10.0.{third}.{fourth}")
}

/// The cluster address of the `index`th Service, in 172.20.0.0/16.
pub(super) fn service_address(index: usize) -> String {
    let [_, _, third, fourth] = u32::try_from(index.saturating_add(10)).unwrap_or(0).to_be_bytes();
    format!("172.20.{third}.{fourth}")
}
