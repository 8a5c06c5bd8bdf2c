//! Versions of Kubernetes, where behaviour depends on them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A minor version of Kubernetes: `1.29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    minor: u16,
}

/// A text that is no version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a version of Kubernetes; write it as 1.29")]
pub struct NotAVersion(String);

impl KubernetesVersion {
    /// The newest version whose behaviour is known here. Later ones are taken to behave as this one does.
    pub const NEWEST: Self = Self::new(37);

    /// Version `1.minor`.
    pub const fn new(minor: u16) -> Self {
        Self { minor }
    }

    /// The number after `1.`.
    pub const fn minor(self) -> u16 {
        self.minor
    }
}

impl Default for KubernetesVersion {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

impl FromStr for KubernetesVersion {
    type Err = NotAVersion;

    /// Reads `1.29`, `v1.29`, `1.29.4` and `latest`.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        if text == "latest" {
            return Ok(Self::NEWEST);
        }
        let wrong = || NotAVersion(text.to_owned());
        let rest = text.strip_prefix('v').unwrap_or(text);
        let rest = rest.strip_prefix("1.").ok_or_else(wrong)?;
        let (minor, patch) = rest.split_once('.').unwrap_or((rest, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(minor) || !is_number(patch) || rest.ends_with('.') {
            return Err(wrong());
        }
        minor.parse().map(Self::new).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_people_write_them() {
        for text in ["1.29", "v1.29", "1.29.4", "v1.29.0"] {
            assert_eq!(text.parse(), Ok(KubernetesVersion::new(29)), "{text}");
        }
        assert_eq!("latest".parse(), Ok(KubernetesVersion::NEWEST));
        assert_eq!(KubernetesVersion::new(0).to_string(), "1.0");
        assert!(KubernetesVersion::new(9) < KubernetesVersion::new(10));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "29",
            "2.0",
            "1",
            "1.",
            "1.x",
            "1.29.",
            "1.29-rc",
            "1.+3",
            "1.99999999",
        ] {
            assert!(text.parse::<KubernetesVersion>().is_err(), "{text}");
        }
    }
}
