//! Which ports of which protocols.

use std::fmt;
use std::sync::Arc;

use palisade_inventory::Node;

use super::intervals::{Intervals, Point};

/// A transport protocol that policies tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// SCTP.
    Sctp,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

impl Protocol {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 3] = [Self::Sctp, Self::Tcp, Self::Udp];

    /// As Kubernetes writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sctp => "SCTP",
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }

    /// From how Kubernetes writes it.
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.as_str() == text)
    }

    /// The field `protocol`: TCP where it is absent, none where it is no protocol.
    pub(super) fn of(node: &Node) -> Option<Self> {
        match node.get("protocol") {
            None => Some(Self::Tcp),
            Some(written) => Self::named(written.as_str()?),
        }
    }
}

impl Point for u16 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn previous(self) -> Option<Self> {
        self.checked_sub(1)
    }
}

const FIRST: u16 = 1;
const LAST: u16 = u16::MAX;

/// A set of ports by protocol. Everything is one value, however it came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ports {
    /// None at all.
    #[default]
    None,
    /// Some ports of some protocols.
    Some(Arc<[Intervals<u16>; 3]>),
    /// Every port of every protocol.
    All,
}

impl Ports {
    /// The ports from `first` to `last` of a protocol.
    pub fn range(protocol: Protocol, first: u16, last: u16) -> Self {
        let range = Intervals::of(first.max(FIRST), last);
        Self::each(|one| {
            if one == protocol {
                range.clone()
            } else {
                Intervals::default()
            }
        })
    }

    /// One port.
    pub fn one(protocol: Protocol, port: u16) -> Self {
        Self::range(protocol, port, port)
    }

    /// Every port of a protocol.
    pub fn every(protocol: Protocol) -> Self {
        Self::range(protocol, FIRST, LAST)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::None
    }

    /// The ports of a protocol.
    pub fn of(&self, protocol: Protocol) -> Intervals<u16> {
        match self {
            Self::None => Intervals::default(),
            Self::All => Intervals::of(FIRST, LAST),
            Self::Some(sets) => sets.get(protocol as usize).cloned().unwrap_or_default(),
        }
    }

    /// What is in either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::None, ports) | (ports, Self::None) => ports.clone(),
            (Self::All, _) | (_, Self::All) => Self::All,
            _ => Self::each(|protocol| self.of(protocol).union(&other.of(protocol))),
        }
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::None) => Self::None,
            (Self::All, ports) | (ports, Self::All) => ports.clone(),
            _ => Self::each(|protocol| self.of(protocol).intersection(&other.of(protocol))),
        }
    }

    /// What is in this and not in the other.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::None, _) | (_, Self::All) => Self::None,
            (ports, Self::None) => ports.clone(),
            _ => Self::each(|protocol| self.of(protocol).difference(&other.of(protocol))),
        }
    }

    fn each(set_of: impl Fn(Protocol) -> Intervals<u16>) -> Self {
        let sets = Protocol::ALL.map(set_of);
        if sets.iter().all(Intervals::is_empty) {
            return Self::None;
        }
        let whole = Intervals::of(FIRST, LAST);
        if sets.iter().all(|set| *set == whole) {
            return Self::All;
        }
        Self::Some(Arc::new(sets))
    }
}

impl fmt::Display for Ports {
    /// `All Connections`, or protocols and ports: `TCP 80,8080-8090,UDP 53`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => return f.write_str("No Connections"),
            Self::All => return f.write_str("All Connections"),
            Self::Some(_) => {}
        }
        let mut comma = "";
        for protocol in Protocol::ALL {
            let mut before = format!("{comma}{} ", protocol.as_str());
            for (first, last) in self.of(protocol).iter() {
                if first == last {
                    write!(f, "{before}{first}")?;
                } else {
                    write!(f, "{before}{first}-{last}")?;
                }
                before.replace_range(.., ",");
                comma = ",";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_one_value() {
        let every = Protocol::ALL.map(Ports::every);
        let all = every.iter().fold(Ports::None, |all, one| all.union(one));
        assert_eq!(all, Ports::All);
        assert_eq!(all.difference(&Ports::All), Ports::None);
        assert_eq!(Ports::All.difference(&every[1]).union(&every[1]), Ports::All);
    }

    #[test]
    fn they_read_as_protocols_and_ranges() {
        let web = Ports::one(Protocol::Tcp, 80).union(&Ports::range(Protocol::Tcp, 8080, 8090));
        assert_eq!(
            web.union(&Ports::one(Protocol::Udp, 53)).to_string(),
            "TCP 80,8080-8090,UDP 53"
        );
        let without = Ports::All.difference(&Ports::one(Protocol::Tcp, 22));
        assert_eq!(without.to_string(), "SCTP 1-65535,TCP 1-21,23-65535,UDP 1-65535");
        assert_eq!(Ports::All.to_string(), "All Connections");
    }
}
