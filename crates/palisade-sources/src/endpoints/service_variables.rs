//! The variables by which Kubernetes tells containers of Services: `$(REDIS_MASTER_SERVICE_HOST)` is Service `redis-master`.

/// The hosts that a text names by such variables, written `$(…)`, `${…}` or plain.
pub(super) fn hosts(text: &str) -> impl Iterator<Item = Box<str>> {
    const SUFFIX: &str = "_SERVICE_HOST";
    text.match_indices('$').filter_map(|(at, _)| {
        let rest = text.get(at + 1..)?.trim_start_matches(['(', '{']);
        let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
        let length = rest.as_bytes().iter().take_while(|byte| is_name(byte)).count();
        let service = rest.get(..length)?.strip_suffix(SUFFIX)?;
        // The API server's is there in every namespace.
        Some(match service {
            "" => return None,
            "KUBERNETES" => "kubernetes.default".into(),
            service => service.to_ascii_lowercase().replace('_', "-").into(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_name_services() {
        let found = |text| hosts(text).map(String::from).collect::<Vec<_>>();
        assert_eq!(found("$(REDIS_MASTER_SERVICE_HOST):6379"), ["redis-master"]);
        assert_eq!(found("http://${API_SERVICE_HOST}/ $DB_SERVICE_HOST"), ["api", "db"]);
        assert_eq!(found("$(KUBERNETES_SERVICE_HOST)"), ["kubernetes.default"]);
        assert_eq!(found("$(SERVICE_HOST) $HOME $(REDIS_HOST)"), Vec::<String>::new());
    }
}
