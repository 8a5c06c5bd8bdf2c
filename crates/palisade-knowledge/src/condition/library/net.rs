//! IP addresses and ranges of them.

use std::fmt;
use std::net::IpAddr;

use super::Row;
use super::Style::{Global, Member};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::value::Value;

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::condition) struct Ip(IpAddr);

/// A range of IP addresses, with the address it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::condition) struct Cidr {
    address: IpAddr,
    bits: u8,
}

pub(super) const TABLE: &[Row] = &[
    (30, Global, "ip", "string", "IP", ip),
    (30, Global, "isIP", "string", "bool", is_ip),
    (30, Global, "ip.isCanonical", "string", "bool", is_canonical),
    (30, Member, "family", "IP", "int", |args| {
        of_ip(args, |ip| Value::Int(if ip.is_ipv4() { 4 } else { 6 }))
    }),
    (30, Member, "isUnspecified", "IP", "bool", |args| {
        of_ip(args, |ip| Value::Bool(ip.is_unspecified()))
    }),
    (30, Member, "isLoopback", "IP", "bool", |args| {
        of_ip(args, |ip| Value::Bool(ip.is_loopback()))
    }),
    (30, Member, "isLinkLocalMulticast", "IP", "bool", |args| {
        of_ip(args, |ip| Value::Bool(is_link_local_multicast(ip)))
    }),
    (30, Member, "isLinkLocalUnicast", "IP", "bool", |args| {
        of_ip(args, |ip| Value::Bool(is_link_local_unicast(ip)))
    }),
    (30, Member, "isGlobalUnicast", "IP", "bool", |args| {
        of_ip(args, |ip| Value::Bool(is_global_unicast(ip)))
    }),
    (30, Global, "cidr", "string", "CIDR", cidr),
    (30, Global, "isCIDR", "string", "bool", is_cidr),
    (30, Member, "containsIP", "CIDR IP", "bool", contains),
    (30, Member, "containsIP", "CIDR string", "bool", contains),
    (30, Member, "containsCIDR", "CIDR CIDR", "bool", contains),
    (30, Member, "containsCIDR", "CIDR string", "bool", contains_cidr_text),
    (30, Member, "ip", "CIDR", "IP", |args| {
        of_cidr(args, |cidr| Value::Ip(Ip(cidr.address)))
    }),
    (30, Member, "masked", "CIDR", "CIDR", |args| {
        of_cidr(args, |cidr| Value::Cidr(cidr.masked()))
    }),
    (30, Member, "prefixLength", "CIDR", "int", |args| {
        of_cidr(args, |cidr| Value::Int(i64::from(cidr.bits)))
    }),
];

impl Ip {
    fn parse(text: &str) -> Result<Self, Failure> {
        let ip: IpAddr = text.parse().map_err(|_| Failure::of("a text is no IP address"))?;
        match ip {
            IpAddr::V6(ip) if ip.to_ipv4_mapped().is_some() => {
                Err(Failure::of("an IPv4 address written as IPv6 is not allowed"))
            }
            ip => Ok(Self(ip)),
        }
    }
}

impl Cidr {
    fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::of("a text is no range of IP addresses");
        let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
        let Ip(address) = Ip::parse(address)?;
        let is_number = bits.bytes().all(|byte| byte.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
        let bits: u8 = bits.parse().ok().filter(|_| is_number).ok_or_else(wrong)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }

    fn masked(self) -> Self {
        let address = match self.address {
            IpAddr::V4(ip) => IpAddr::V4((u32::from(ip) & mask_32(self.bits)).into()),
            IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) & mask_128(self.bits)).into()),
        };
        Self { address, ..self }
    }

    fn contains(self, ip: IpAddr) -> bool {
        let other = Self {
            address: ip,
            bits: self.bits,
        };
        ip.is_ipv4() == self.address.is_ipv4() && other.masked().address == self.masked().address
    }
}

fn mask_32(bits: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0)
}

fn mask_128(bits: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0)
}

impl fmt::Display for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

fn ip<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    text(args).and_then(Ip::parse).map(Value::Ip)
}

fn is_ip<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::Bool(Ip::parse(text(args)?).is_ok()))
}

fn is_canonical<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let text = text(args)?;
    Ok(Value::Bool(Ip::parse(text)?.to_string() == text))
}

fn cidr<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    text(args).and_then(Cidr::parse).map(Value::Cidr)
}

fn is_cidr<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::Bool(Cidr::parse(text(args)?).is_ok()))
}

fn contains<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::Bool(match args {
        [Value::Cidr(cidr), Value::Ip(ip)] => cidr.contains(ip.0),
        [Value::Cidr(cidr), Value::Text(ip)] => cidr.contains(Ip::parse(ip.as_str())?.0),
        [Value::Cidr(cidr), Value::Cidr(other)] => other.bits >= cidr.bits && cidr.contains(other.address),
        _ => return Err(super::misused("containsIP", args)),
    }))
}

fn contains_cidr_text<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [cidr, Value::Text(other)] => contains(&[cidr.clone(), Value::Cidr(Cidr::parse(other.as_str())?)]),
        _ => Err(super::misused("containsCIDR", args)),
    }
}

fn is_link_local_multicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => matches!(ip.octets(), [224, 0, 0, _]),
        IpAddr::V6(ip) => ip.segments().first().is_some_and(|first| first & 0xff0f == 0xff02),
    }
}

fn is_link_local_unicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    }
}

/// Neither unspecified, broadcast, loopback, multicast nor link-local; private addresses count as global here.
fn is_global_unicast(ip: IpAddr) -> bool {
    let is_broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
    !is_broadcast && !ip.is_unspecified() && !ip.is_loopback() && !ip.is_multicast() && !is_link_local_unicast(ip)
}

fn of_ip<'v>(args: &[Value<'v>], of: impl Fn(IpAddr) -> Value<'v>) -> Outcome<'v> {
    match args {
        [Value::Ip(Ip(ip))] => Ok(of(*ip)),
        _ => Err(super::misused("ip", args)),
    }
}

fn of_cidr<'v>(args: &[Value<'v>], of: impl Fn(Cidr) -> Value<'v>) -> Outcome<'v> {
    match args {
        [Value::Cidr(cidr)] => Ok(of(*cidr)),
        _ => Err(super::misused("cidr", args)),
    }
}

fn text<'a>(args: &'a [Value<'_>]) -> Result<&'a str, Failure> {
    match args {
        [Value::Text(text)] => Ok(text.as_str()),
        _ => Err(super::misused("ip", args)),
    }
}
