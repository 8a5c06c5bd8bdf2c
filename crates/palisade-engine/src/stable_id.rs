//! Ids that stay the same from run to run as long as what they name stays the same.

/// `PREFIX-` and ten hexadecimal digits of a hash over the parts.
///
/// The hash is FNV-1a with 64 bits (Fowler, Noll, Vo), a zero byte after each part, folded to 40 bits by exclusive or of
/// its upper 24 bits. Changing it changes every id that people may have written down.
pub(crate) fn stable_id<'a>(prefix: &str, parts: impl IntoIterator<Item = &'a str>) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let bytes = parts.into_iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    let folded = (hash & 0xff_ffff_ffff) ^ (hash >> 40);
    format!("{prefix}-{folded:010x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_pinned() {
        assert_eq!(stable_id("TM", ["spoofing", "Deployment/shop/cart"]), "TM-20c1a679a4");
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(stable_id("TM", ["a", "bc"]), stable_id("TM", ["ab", "c"]));
    }
}
