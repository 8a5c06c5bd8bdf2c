//! What looks like a credential: by its name, by its shape, by what stands in a text.

use crate::endpoints::{names, url};

/// Whether what stands under `name` is a credential, and not merely something about one (`tokenPath`, `secretName`).
pub(crate) fn is_credential_name(name: &str) -> bool {
    if name == "key" || !could_be_credential_name(name.as_bytes()) {
        return false;
    }
    let words = names::words(name);
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return false;
    };
    if NOT_ITSELF_LAST.contains(&last.as_str()) || NOT_ITSELF_FIRST.contains(&first.as_str()) {
        return false;
    }
    let is_alone = |word: &String| {
        CREDENTIAL_WORDS.contains(&word.as_str()) || CREDENTIAL_ENDINGS.iter().any(|ending| word.ends_with(ending))
    };
    let is_key = words.windows(2).any(|pair| match pair {
        [kind, key] => key == "key" && KEY_KINDS.contains(&kind.as_str()),
        _ => false,
    });
    is_key || words.iter().any(is_alone) || matches!(last.as_str(), "pass" | "auth" | "pw")
}

/// Whether a name has the letters that all names of credentials have: this is asked of every field that is read.
fn could_be_credential_name(name: &[u8]) -> bool {
    let mut previous = 0;
    for (index, &byte) in name.iter().enumerate() {
        // Letters and their capitals share these five bits.
        let letter = usize::from(byte & 31);
        let followers = PAIRS.get(previous).copied().unwrap_or_default();
        if followers >> letter & 1 == 1 && is_beginning(name.get(index - 1..).unwrap_or_default()) {
            return true;
        }
        previous = letter;
    }
    ends_with(name, b"pat") || ends_with(name, b"pw")
}

fn ends_with(name: &[u8], end: &[u8]) -> bool {
    let last = name.len().checked_sub(end.len()).and_then(|start| name.get(start..));
    last.is_some_and(|last| last.eq_ignore_ascii_case(end))
}

fn is_beginning(text: &[u8]) -> bool {
    let beginnings = [b"pas", b"pwd", b"sec", b"tok", b"key", b"cre", b"aut", b"bea", b"psk"];
    let start = text.get(..3).unwrap_or_default();
    beginnings
        .iter()
        .any(|beginning| start.eq_ignore_ascii_case(*beginning))
}

/// For each letter those that may follow it where a beginning of [`is_beginning`] stands.
#[expect(clippy::indexing_slicing, reason = "in bounds, as the compiler evaluates it")]
const PAIRS: [u32; 32] = {
    let mut pairs = [0; 32];
    let mut index = 0;
    let beginnings = *b"papwsetokecraubeps";
    while index < beginnings.len() {
        let (first, second) = (beginnings[index] & 31, beginnings[index + 1] & 31);
        pairs[first as usize] |= 1 << second;
        index += 2;
    }
    pairs
};

const CREDENTIAL_WORDS: [&str; 16] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "credential",
    "credentials",
    "authorization",
    "bearer",
    "psk",
    "pat",
];

/// Words run together: `PGPASSWORD`, `authtoken`.
const CREDENTIAL_ENDINGS: [&str; 6] = ["password", "passwd", "secret", "token", "apikey", "passphrase"];

/// `…_KEY` is a credential after one of these.
const KEY_KINDS: [&str; 14] = [
    "api",
    "access",
    "private",
    "secret",
    "signing",
    "encryption",
    "shared",
    "master",
    "account",
    "storage",
    "ssh",
    "license",
    "hmac",
    "jwt",
];

/// A name that ends so tells something about a credential, not the credential.
const NOT_ITSELF_LAST: [&str; 75] = [
    "annotation",
    "annotations",
    "label",
    "labels",
    "name",
    "names",
    "ref",
    "refs",
    "path",
    "paths",
    "file",
    "files",
    "filename",
    "dir",
    "directory",
    "url",
    "uri",
    "endpoint",
    "host",
    "addr",
    "address",
    "port",
    "ttl",
    "expiry",
    "expiration",
    "expires",
    "seconds",
    "minutes",
    "duration",
    "timeout",
    "interval",
    "lifetime",
    "age",
    "enabled",
    "enable",
    "disabled",
    "required",
    "type",
    "types",
    "mode",
    "method",
    "algorithm",
    "alg",
    "namespace",
    "arn",
    "length",
    "len",
    "size",
    "min",
    "max",
    "policy",
    "policies",
    "issuer",
    "audience",
    "audiences",
    "version",
    "count",
    "limit",
    "provider",
    "manager",
    "store",
    "engine",
    "backend",
    "class",
    "prefix",
    "header",
    "format",
    "rotation",
    "service",
    "server",
    "kind",
    "cache",
    "volume",
    "generator",
    "controller",
];

const NOT_ITSELF_FIRST: [&str; 20] = [
    "allow",
    "enable",
    "disable",
    "require",
    "use",
    "skip",
    "no",
    "is",
    "has",
    "with",
    "without",
    "validate",
    "verify",
    "generate",
    "create",
    "rotate",
    "automount",
    "existing",
    "image",
    "watch",
];

/// Whether a value that stands under a credential's name is one: written out, not a reference, a path, a switch or the name
/// of a variable.
pub(crate) fn is_credential_value(value: &str) -> bool {
    let value = value.trim();
    let is_structure = value.contains('\n') || value.starts_with(['{', '[']);
    let is_switch = matches!(value, "true" | "false" | "yes" | "no" | "on" | "off" | "none" | "null");
    // The block that begins there in YAML.
    let is_mark = !value.contains(|c: char| c.is_alphanumeric());
    let is_other = is_structure || is_switch || is_mark || is_variable_name(value) || is_stand_in(value);
    url::is_literal(value) && !value.starts_with('/') && !is_other
}

/// `AWS_SECRET_ACCESS_KEY`: says where the credential is.
fn is_variable_name(value: &str) -> bool {
    let is_capital = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    value.contains('_') && value.bytes().all(is_capital) && (is_credential_name(value) || value.ends_with("_ID"))
}

/// `YOUR_API_KEY`, `INSERT_TOKEN_HERE`: what stands in a sample until somebody puts the credential there.
fn is_stand_in(value: &str) -> bool {
    let is_loud = value
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_loud
        && (["YOUR_", "INSERT_", "REPLACE_"]
            .iter()
            .any(|start| value.starts_with(start))
            || ["_HERE", "_VAL", "_VALUE", "_PLACEHOLDER"]
                .iter()
                .any(|end| value.ends_with(end)))
}

/// Whether a text holds a credential: a token of a well-known form, a private key, a password in a URL, an assignment.
pub(crate) fn holds_credential(text: &str) -> bool {
    // Most settings are single words.
    let is_word = !text.contains([':', '=', ' ', '\t', '\n']);
    has_token(text) || !is_word && holds_assignment(text)
}

fn holds_assignment(text: &str) -> bool {
    url::find(text).iter().any(|url| url.has_password)
        || assignments(text).any(|(name, value)| is_credential_name(name) && is_credential_value(value))
}

/// `name=value`, `name: value` and `--name value` wherever they stand in a text.
fn assignments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .flat_map(|line| {
            let whole = line.split_once(": ");
            let words = line
                .split([' ', '\t', ';', ',', '&', '?'])
                .filter_map(|word| word.split_once('='));
            let flags = line.split_whitespace().zip(line.split_whitespace().skip(1));
            let flags =
                flags.filter(|(flag, value)| flag.starts_with("--") && !flag.contains('=') && !value.starts_with('-'));
            whole.into_iter().chain(words).chain(flags)
        })
        .map(|(name, value)| {
            let quotes = ['"', '\'', ' ', '\t', ',', '`'];
            (name.trim_matches(quotes), value.trim_matches(quotes))
        })
        .filter(|(name, _)| name.len() <= 64 && !name.contains(' '))
}

/// Beginnings of well-known tokens by their first letter, and how many token characters follow at least.
const fn tokens(first: u8) -> &'static [(&'static str, usize)] {
    match first {
        b'A' => &[("AKIA", 16), ("ASIA", 16), ("AIza", 30), ("AGE-SECRET-KEY-", 10)],
        b'S' => &[("SG.", 30)],
        b'd' => &[("dop_v1_", 30), ("dckr_pat_", 20)],
        b'e' => &[("eyJ", 20)],
        b'g' => &[
            ("ghp_", 20),
            ("gho_", 20),
            ("ghu_", 20),
            ("ghs_", 20),
            ("ghr_", 20),
            ("github_pat_", 20),
            ("glpat-", 16),
            ("gldt-", 16),
        ],
        b'h' => &[("hvs.", 20)],
        b'n' => &[("npm_", 30)],
        b'p' => &[("pypi-", 30)],
        b'r' => &[("rk_live_", 10)],
        b's' => &[("sk_live_", 10), ("sk-", 20)],
        b'x' => &[
            ("xoxa-", 10),
            ("xoxb-", 10),
            ("xoxp-", 10),
            ("xoxr-", 10),
            ("xoxs-", 10),
            ("xapp-", 10),
        ],
        _ => &[],
    }
}

/// Whether a text holds a token of a well-known form, a private key or a signed URL.
pub(crate) fn has_token(text: &str) -> bool {
    const SHORTEST: usize = 13;
    if text.len() < SHORTEST {
        return false;
    }
    let is_token_character = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let mut previous = b' ';
    for (index, byte) in text.bytes().enumerate() {
        let is_start = !(previous.is_ascii_alphanumeric() || previous == b'_');
        previous = byte;
        if !is_start {
            continue;
        }
        if byte == b'-' && is_private_key(text.get(index..).unwrap_or_default()) {
            return true;
        }
        let is_token = tokens(byte).iter().any(|(beginning, length)| {
            text.get(index..)
                .and_then(|rest| rest.strip_prefix(beginning))
                .is_some_and(|rest| rest.bytes().take_while(|&byte| is_token_character(byte)).count() >= *length)
        });
        if is_token {
            return true;
        }
    }
    let has_query = memchr::memchr(b'=', text.as_bytes()).is_some();
    has_query && (text.contains("X-Amz-Signature=") || (text.contains("sig=") && text.contains("se=")))
}

fn is_private_key(text: &str) -> bool {
    let Some(label) = text.strip_prefix("-----BEGIN") else {
        return false;
    };
    let label = label.split_once("-----").map_or(label, |(label, _)| label);
    label.contains("PRIVATE KEY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials() {
        for name in [
            "DB_PASSWORD",
            "PGPASSWORD",
            "apiKey",
            "API_KEY",
            "aws_secret_access_key",
            "AUTH_TOKEN",
            "client-secret",
            "--password",
            "REDISCLI_AUTH",
            "MYSQL_PWD",
            "privateKey",
            "Authorization",
            "DB_PASS",
            "JWT_KEY",
        ] {
            assert!(is_credential_name(name), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "secretName",
            "TOKEN_URL",
            "PASSWORD_FILE",
            "tokenPath",
            "credentialName",
            "ALLOW_EMPTY_PASSWORD",
            "tokenExpirationSeconds",
            "HOST",
            "author",
            "keyboard",
            "secretKeyRef",
            "existingSecret",
            "imagePullSecret",
            "POSTGRES_HOST_AUTH_METHOD",
            "automountServiceAccountToken",
            "secrets",
            "key",
            "tls-private-key-file",
            "s3AccessKeyIDName",
            "storageSecretNameAnnotation",
        ] {
            assert!(!is_credential_name(name), "{name}");
        }
    }

    #[test]
    fn values_that_are_credentials() {
        for value in ["hunter2", "CHANGEME", "A1B2_C3D4", "SECRET"] {
            assert!(is_credential_value(value), "{value}");
        }
        for value in [
            "$(PASSWORD)",
            "<password>",
            "YOUR_API_KEY",
            "INSERT_TOKEN",
            "API_KEY_VAL",
            "true",
            "/run/x",
        ] {
            assert!(!is_credential_value(value), "{value}");
        }
    }

    #[test]
    fn texts_that_hold_credentials() {
        for text in [
            "AKIAABCDEFGHIJKLMNOP",
            "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
            "-----BEGIN RSA PRIVATE KEY-----\nMII",
            "postgres://u:p@db/x",
            "db:\n  password: hunter2\n",
            "{\"password\": \"hunter2\"}",
            "export API_KEY=abcdef && run",
            "mysql --password hunter2 -h db",
            "Server=db;User Id=x;Password=y1;",
        ] {
            assert!(holds_credential(text), "{text}");
        }
    }

    #[test]
    fn texts_that_hold_none() {
        for text in [
            "-----BEGIN CERTIFICATE-----\nMII",
            "postgres://u@db/x",
            "password: $(DB_PASSWORD)",
            "password: ${DB_PASSWORD}",
            "password_file=/run/secrets/x",
            "curl --token-path /x http://y",
            "DB_PASSWORD: \"\"",
            "the password is elsewhere",
            "credentials: |-\n  {}",
            "s3SecretAccessKey: AWS_SECRET_ACCESS_KEY",
            "skip-this-very-long-word-that-is-none",
        ] {
            assert!(!holds_credential(text), "{text}");
        }
    }
}
