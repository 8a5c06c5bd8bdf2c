//! Who asks.

use palisade_engine::rbac::Identity;

use crate::failure::Failure;

/// Who asks: a user name, if it is one, and groups.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) user: Option<String>,
    pub(crate) groups: Vec<String>,
    /// How people read it.
    pub(crate) shown: String,
}

impl Subject {
    /// From `--as` and `--as-group`.
    pub(crate) fn parse(text: &str, more: &[String]) -> Result<Self, Failure> {
        let identity = identity(text).ok_or_else(|| {
            Failure::new(
                format!("`{text}` is no subject"),
                "write system:serviceaccount:NAMESPACE:NAME, ServiceAccount/NAMESPACE/NAME, User/NAME or Group/NAME",
            )
        })?;
        let mut groups = identity.groups();
        groups.extend(more.iter().cloned());
        groups.sort();
        groups.dedup();
        Ok(Self {
            user: identity.user(),
            groups,
            shown: identity.element().to_string(),
        })
    }
}

fn identity(text: &str) -> Option<Identity> {
    let identity = match text.split_once('/') {
        Some(("ServiceAccount", rest)) => {
            let (namespace, name) = rest.split_once('/')?;
            let is_one = !namespace.is_empty() && !name.contains('/');
            is_one.then(|| Identity::service_account(namespace, name))?
        }
        Some(("User", name)) => Identity::of_user(name),
        Some(("Group", name)) => Identity::Group(name.into()),
        _ => Identity::of_user(text),
    };
    (!identity.name().is_empty()).then_some(identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(text: &str) -> (Option<String>, String) {
        let subject = Subject::parse(text, &["ops".to_owned()]).unwrap();
        (subject.user, subject.groups.join(" "))
    }

    #[test]
    fn subjects_are_read_with_the_groups_that_they_are_in() {
        let account = (
            Some("system:serviceaccount:shop:web".to_owned()),
            "ops system:authenticated system:serviceaccounts system:serviceaccounts:shop".to_owned(),
        );
        assert_eq!(subject("system:serviceaccount:shop:web"), account);
        assert_eq!(subject("ServiceAccount/shop/web"), account);
        let alice = (Some("alice".to_owned()), "ops system:authenticated".to_owned());
        assert_eq!(subject("alice"), alice);
        assert_eq!(subject("User/alice"), alice);
        assert_eq!(
            subject("Group/devs"),
            (None, "devs ops system:authenticated".to_owned())
        );
        assert_eq!(
            subject("system:node:n1"),
            (
                Some("system:node:n1".to_owned()),
                "ops system:authenticated system:nodes".to_owned()
            )
        );
        assert_eq!(subject("system:anonymous").1, "ops system:unauthenticated");
    }

    #[test]
    fn what_is_no_subject_is_refused() {
        for text in [
            "",
            "ServiceAccount/web",
            "ServiceAccount//web",
            "User/",
            "Group/",
            "ServiceAccount/a/b/c",
        ] {
            assert!(Subject::parse(text, &[]).is_err(), "{text}");
        }
    }
}
