//! A model that takes changes one by one says what a fresh one says of the final state, byte for byte.
#![expect(clippy::expect_used, reason = "a test that can't read its input must say so")]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use palisade_engine::{Model, Settings};
use palisade_inventory::{Change, Coverage, Resource, ResourceId};
use palisade_knowledge::Catalogue;
use proptest::prelude::*;

static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(Catalogue::builtin().expect("the catalogue loads")));

/// What each object may look like: one text for each of its states.
const OBJECTS: &[&[&str]] = &[
    &[
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}}",
    ],
    &[
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, containers: [{name: web, image: example.com/web:1, ports: [{containerPort: 8080}], env: [{name: DB_URL, value: 'postgres://db.shop:5432'}]}]}}}}",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {serviceAccountName: web, containers: [{name: web, image: example.com/web, securityContext: {privileged: true}, envFrom: [{secretRef: {name: db}}]}]}}}}",
    ],
    &[
        "{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-6d4, namespace: shop, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: u1, controller: true}]}, spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web, pod-template-hash: '6d4'}}, spec: {containers: [{name: web, image: example.com/web:1}]}}}}",
    ],
    &[
        "{apiVersion: v1, kind: Pod, metadata: {name: web-6d4-a, namespace: shop, labels: {app: web, pod-template-hash: '6d4'}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d4, uid: u2, controller: true}]}, spec: {nodeName: n1, serviceAccountName: web, containers: [{name: web, image: example.com/web:1}]}, status: {phase: Running}}",
        "{apiVersion: v1, kind: Pod, metadata: {name: web-6d4-a, namespace: shop, labels: {app: web, pod-template-hash: '6d4'}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d4, uid: u2, controller: true}]}, spec: {nodeName: n1, serviceAccountName: web, containers: [{name: web, image: example.com/web:1}]}, status: {phase: Failed}}",
    ],
    &[
        "{apiVersion: v1, kind: Pod, metadata: {name: web-6d4-b, namespace: shop, labels: {app: web, pod-template-hash: '6d4'}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d4, uid: u2, controller: true}]}, spec: {nodeName: n2, serviceAccountName: web, containers: [{name: web, image: example.com/web:1}]}, status: {phase: Running}}",
        "{apiVersion: v1, kind: Pod, metadata: {name: web-6d4-b, namespace: shop, labels: {app: web, pod-template-hash: '6d4'}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d4, uid: u2, controller: true}]}, spec: {nodeName: n1, hostPID: true, serviceAccountName: web, containers: [{name: web, image: example.com/web:1}]}, status: {phase: Running}}",
    ],
    &[
        "{apiVersion: v1, kind: Pod, metadata: {name: alone, namespace: shop, labels: {app: db}}, spec: {nodeName: n2, containers: [{name: db, image: postgres:16, ports: [{containerPort: 5432}]}]}}",
    ],
    &[
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}",
        "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {ports: [{port: 80, targetPort: 8080}]}}",
    ],
    &[
        "{apiVersion: v1, kind: Endpoints, metadata: {name: web, namespace: shop}, subsets: [{addresses: [{ip: 10.0.0.7, targetRef: {kind: Pod, name: web-6d4-a, namespace: shop}}], ports: [{port: 8080}]}]}",
    ],
    &[
        "{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {selector: {app: db}, ports: [{port: 5432}]}}",
    ],
    &[
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: shop}, spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: db, namespace: shop}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}",
    ],
    &[
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}",
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}, automountServiceAccountToken: false}",
    ],
    &["{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}}"],
    &[
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: web, namespace: shop}, rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: web, namespace: shop}, rules: [{apiGroups: [''], resources: [pods, pods/exec], verbs: [create]}]}",
    ],
    &[
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: web, namespace: shop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}, subjects: [{kind: ServiceAccount, name: web, namespace: shop}]}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: web, namespace: shop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}, subjects: [{kind: Group, name: developers}]}",
    ],
    &["{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: ''}}}"],
];

/// Every state of every object, read together: pods that look alike share one content.
static STATES: LazyLock<Vec<Vec<Resource>>> = LazyLock::new(|| {
    let most = OBJECTS.iter().map(|states| states.len()).max().unwrap_or(0);
    let mut all: Vec<Vec<Resource>> = vec![Vec::new(); OBJECTS.len()];
    for state in 0..most {
        let texts = OBJECTS.iter().map(|states| states.get(state).copied().unwrap_or("---"));
        let text = texts.collect::<Vec<_>>().join("\n---\n");
        let reading = palisade_sources::read_bytes("test.yaml", text.as_bytes());
        assert_eq!(reading.coverage.skipped, []);
        let mut resources = reading.resources.into_iter();
        let there = OBJECTS.iter().enumerate().filter(|(_, states)| state < states.len());
        for (object, _) in there {
            all.get_mut(object)
                .expect("it is there")
                .push(resources.next().expect("one for each text"));
        }
    }
    all
});

fn model() -> Model {
    Model::new(Arc::clone(&CATALOGUE), Settings::default())
}

fn told(model: &mut Model) -> (String, String) {
    let assessment = serde_json::to_string(&model.assess(Coverage::default())).expect("it serialises");
    let gauge = serde_json::to_string(&model.gauge()).expect("it serialises");
    (assessment, gauge)
}

/// How many random sequences are tried.
fn cases() -> u32 {
    std::env::var("PALISADE_CASES").map_or(24, |cases| cases.parse().expect("PALISADE_CASES is a number"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changes_lead_to_what_a_fresh_reading_says(
        changes in prop::collection::vec((0..OBJECTS.len(), 0..3_usize), 1..24),
        asked in prop::collection::vec(any::<bool>(), 24),
    ) {
        let mut grown = model();
        let mut state: BTreeMap<ResourceId, Resource> = BTreeMap::new();
        for ((object, next), asked) in changes.into_iter().zip(asked) {
            let states = &STATES[object];
            if let Some(resource) = states.get(next) {
                state.insert(resource.id.clone(), resource.clone());
                grown.apply([Change::Upsert(Box::new(resource.clone()))]);
            } else {
                let Resource { id, root, .. } = &states[0];
                state.remove(id);
                grown.apply([Change::Delete { root: Arc::clone(root), id: id.clone() }]);
            }
            // Whatever is remembered on the way must not show.
            if asked {
                grown.gauge();
            }
        }
        let mut fresh = model();
        fresh.apply(state.into_values().map(|resource| Change::Upsert(Box::new(resource))));
        let (grown, fresh) = (told(&mut grown), told(&mut fresh));
        prop_assert_eq!(grown.0, fresh.0);
        prop_assert_eq!(grown.1, fresh.1);
    }
}
