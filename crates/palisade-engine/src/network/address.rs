//! Addresses and ranges of them, of both families.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::intervals::{Intervals, Point};

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub IpAddr);

/// A set of addresses.
pub type Addresses = Intervals<Address>;

impl Point for Address {
    fn next(self) -> Option<Self> {
        Some(Self(match self.0 {
            IpAddr::V4(address) => Ipv4Addr::from(u32::from(address).checked_add(1)?).into(),
            IpAddr::V6(address) => Ipv6Addr::from(u128::from(address).checked_add(1)?).into(),
        }))
    }

    fn previous(self) -> Option<Self> {
        Some(Self(match self.0 {
            IpAddr::V4(address) => Ipv4Addr::from(u32::from(address).checked_sub(1)?).into(),
            IpAddr::V6(address) => Ipv6Addr::from(u128::from(address).checked_sub(1)?).into(),
        }))
    }
}

/// All addresses of version 4.
pub(super) fn everything_v4() -> Addresses {
    Intervals::of(
        Address(Ipv4Addr::UNSPECIFIED.into()),
        Address(Ipv4Addr::BROADCAST.into()),
    )
}

/// All addresses of version 6.
pub(super) fn everything_v6() -> Addresses {
    Intervals::of(
        Address(Ipv6Addr::UNSPECIFIED.into()),
        Address(Ipv6Addr::from(u128::MAX).into()),
    )
}

/// The addresses of a range in CIDR notation; none where it is no range. Bits below the mask do not count, as for the API
/// server.
pub(super) fn parse_cidr(text: &str) -> Option<Addresses> {
    let (address, bits) = text.split_once('/')?;
    let is_plain = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
    let bits: u32 = bits.parse().ok().filter(|_| is_plain)?;
    Some(match address.parse().ok()? {
        IpAddr::V4(address) => {
            let host = u32::MAX.checked_shr(bits).unwrap_or(0);
            let first = u32::from(address) & !host;
            let last = first | host;
            (bits <= u32::BITS).then(|| range(Ipv4Addr::from(first).into(), Ipv4Addr::from(last).into()))?
        }
        IpAddr::V6(address) => {
            let host = u128::MAX.checked_shr(bits).unwrap_or(0);
            let first = u128::from(address) & !host;
            let last = first | host;
            (bits <= u128::BITS).then(|| range(Ipv6Addr::from(first).into(), Ipv6Addr::from(last).into()))?
        }
    })
}

/// An address, or a range in CIDR notation.
pub(super) fn parse(text: &str) -> Option<Addresses> {
    match text.parse() {
        Ok(address) => Some(range(address, address)),
        Err(_) => parse_cidr(text),
    }
}

fn range(first: IpAddr, last: IpAddr) -> Addresses {
    Intervals::of(Address(first), Address(last))
}

/// A range of addresses that every policy treats alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// The first address.
    pub first: Address,
    /// The last one, of the same family.
    pub last: Address,
}

impl fmt::Display for Range {
    /// `10.0.0.0-10.255.255.255`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first.0, self.last.0)
    }
}

/// Cuts a set of addresses wherever one of these sets begins or ends.
pub(super) fn cut<'a>(whole: &Addresses, blocks: impl Iterator<Item = &'a Addresses>) -> Vec<Range> {
    let mut begins: Vec<Address> = Vec::new();
    for (first, last) in blocks.flat_map(Intervals::iter) {
        begins.push(first);
        begins.extend(last.next());
    }
    begins.sort_unstable();
    begins.dedup();
    let mut ranges = Vec::new();
    for (mut first, last) in whole.iter() {
        let inside = begins.partition_point(|begin| *begin <= first);
        for begin in begins.iter().skip(inside).take_while(|begin| **begin <= last) {
            if let Some(end) = begin.previous() {
                ranges.push(Range { first, last: end });
            }
            first = *begin;
        }
        ranges.push(Range { first, last });
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(addresses: &Addresses) -> Vec<String> {
        addresses
            .iter()
            .map(|(first, last)| Range { first, last }.to_string())
            .collect()
    }

    #[test]
    fn ranges_are_read_as_the_api_server_reads_them() {
        let read = |text| parse_cidr(text).map(|set| shown(&set).concat());
        assert_eq!(read("10.0.0.0/8").as_deref(), Some("10.0.0.0-10.255.255.255"));
        assert_eq!(read("10.1.2.3/8").as_deref(), Some("10.0.0.0-10.255.255.255"));
        assert_eq!(read("0.0.0.0/0").as_deref(), Some("0.0.0.0-255.255.255.255"));
        assert_eq!(read("1.2.3.4/32").as_deref(), Some("1.2.3.4-1.2.3.4"));
        assert_eq!(read("fd00::/127").as_deref(), Some("fd00::-fd00::1"));
        for wrong in [
            "",
            "A",
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0/8",
            "::/129",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_policies_tell_apart_is_cut() {
        let all = everything_v4();
        let block = parse_cidr("10.0.0.0/8").expect("a range");
        let pieces: Vec<String> = cut(&all, [&block].into_iter()).iter().map(Range::to_string).collect();
        assert_eq!(
            pieces,
            [
                "0.0.0.0-9.255.255.255",
                "10.0.0.0-10.255.255.255",
                "11.0.0.0-255.255.255.255"
            ]
        );
        assert_eq!(cut(&all, [&all].into_iter()).len(), 1);
    }
}
