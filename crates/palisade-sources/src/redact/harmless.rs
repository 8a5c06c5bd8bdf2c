//! Texts that may be kept word for word: they are on lists of public words, not merely unsuspicious.

/// Words that many programs use as settings, and nobody as a password that protects anything.
const WORDS: [&str; 74] = [
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "enabled",
    "disabled",
    "enable",
    "disable",
    "always",
    "never",
    "optional",
    "required",
    "require",
    "preferred",
    "prefer",
    "allow",
    "deny",
    "trust",
    "md5",
    "scram-sha-256",
    "verify-ca",
    "verify-full",
    "verify_none",
    "verify_peer",
    "permissive",
    "strict",
    "mutual",
    "client",
    "server",
    "sso",
    "plaintext",
    "plain",
    "ssl",
    "sasl_ssl",
    "sasl_plaintext",
    "tls",
    "mtls",
    "insecure",
    "secure",
    "http",
    "https",
    "tcp",
    "udp",
    "grpc",
    "debug",
    "info",
    "warn",
    "warning",
    "error",
    "trace",
    "fatal",
    "json",
    "text",
    "logfmt",
    "production",
    "development",
    "staging",
    "prod",
    "dev",
    "test",
    "default",
    "auto",
    "anonymous",
    "all",
    "server",
    "client",
    "standalone",
    "cluster",
    "primary",
    "replica",
];

/// Flags of Kubernetes' own components whose values are public words.
const COMPONENT_FLAGS: [&str; 17] = [
    "address",
    "admission-control",
    "audit-log-path",
    "authorization-mode",
    "bind-address",
    "cipher-suites",
    "disable-admission-plugins",
    "enable-admission-plugins",
    "feature-gates",
    "insecure-bind-address",
    "listen-metrics-urls",
    "request-timeout",
    "runtime-config",
    "tls-cipher-suites",
    "tls-min-version",
    "controllers",
    "cgroup-driver",
];

/// Flags of Kubernetes' own components that sound like credentials and take a file's path, or yes and no.
const COMPONENT_SWITCHES: [&str; 13] = [
    "anonymous-auth",
    "authentication-token-webhook",
    "authentication-token-webhook-config-file",
    "basic-auth-file",
    "client-cert-auth",
    "enable-bootstrap-token-auth",
    "peer-client-cert-auth",
    "service-account-key-file",
    "service-account-private-key-file",
    "service-account-signing-key-file",
    "tls-private-key-file",
    "token-auth-file",
    "use-service-account-credentials",
];

/// Whether this is a flag of a Kubernetes component with a value that tells no secret, although the flag sounds like one.
pub(super) fn is_component_value(name: &str, value: &str) -> bool {
    COMPONENT_SWITCHES.contains(&name) && (matches!(value, "true" | "false") || is_path(value))
}

/// Whether a setting may be kept as it is: empty, a public word, or a number of at most five digits.
pub(super) fn is_setting(text: &str) -> bool {
    text.is_empty() || is_small_number(text) || WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether the value of the flag `name` may be kept.
pub(super) fn is_flag_value(name: &str, value: &str) -> bool {
    is_setting(value) || is_path(value) || (COMPONENT_FLAGS.contains(&name) && is_enumeration(value))
}

/// An absolute path, without anything that a query or a shell could add.
pub(super) fn is_path(text: &str) -> bool {
    text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= 256
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-'))
}

/// `--flag` or `-f` by itself. Longer words behind one dash may be a password run together with its flag (`-psecret`).
pub(super) fn is_bare_flag(text: &str) -> bool {
    let (dashes, longest) = if text.starts_with("--") { (2, 64) } else { (1, 3) };
    let name = text.get(dashes..).unwrap_or_default();
    let is_long = dashes == 2;
    text.starts_with('-')
        && name.len() <= longest
        && name.bytes().all(|byte| {
            byte.is_ascii_alphabetic() || (is_long && (byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')))
        })
}

/// The name of a program, as the first word of a command.
pub(super) fn is_program(text: &str) -> bool {
    is_path(text)
        || (text.len() <= 40
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')))
}

fn is_small_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_enumeration(text: &str) -> bool {
    text.len() <= 1024
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b',' | b'=' | b'_' | b'-' | b'/' | b'.' | b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags() {
        for text in ["--anonymous-auth", "-c", "-ec", "--v2.x", "--", "-"] {
            assert!(is_bare_flag(text), "{text}");
        }
        for text in ["-psecret", "-pw1", "--a=b", "--a b", "x"] {
            assert!(!is_bare_flag(text), "{text}");
        }
    }

    #[test]
    fn values_of_flags() {
        assert!(is_flag_value("authorization-mode", "Node,RBAC"));
        assert!(is_flag_value("client-ca-file", "/etc/kubernetes/pki/ca.crt"));
        assert!(is_flag_value("secure-port", "6443"));
        assert!(is_component_value("anonymous-auth", "false"));
        assert!(is_component_value("token-auth-file", "/etc/kubernetes/tokens.csv"));
        assert!(!is_component_value("token-auth-file", "abc"));
        assert!(!is_component_value("token", "/etc/kubernetes/tokens.csv"));
        assert!(!is_flag_value("user", "Node,RBAC"));
        assert!(!is_flag_value("path", "/x?token=y"));
        assert!(!is_flag_value("number", "123456"));
    }
}
