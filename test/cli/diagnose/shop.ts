/** What must never be shown or sent, wherever it stands in the dump. */
export const canaries: RegExp = /canary|czNjcmV0/;

/** The Pod that crashes; its name ends in `suffix`. */
function pod(suffix: string): string {
  return `---
apiVersion: v1
kind: Pod
metadata:
  name: web-b-${suffix}
  namespace: shop
  uid: pod-${suffix}
  labels: { app: web }
  ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-b, uid: set-b, controller: true }]
spec:
  nodeName: n1
  containers:
    - name: web
      image: registry.example.com/shop/web:2
      env: [{ name: DB_PASSWORD, value: hunter2canary }]
status:
  phase: Running
  conditions: [{ type: Ready, status: "False", lastTransitionTime: "2026-11-01T10:00:00Z" }]
  containerStatuses:
    - name: web
      ready: false
      restartCount: 7
      state: { waiting: { reason: CrashLoopBackOff, message: back-off 5m0s restarting failed container } }
      lastState:
        terminated:
          exitCode: 1
          reason: Error
          finishedAt: "2026-11-01T10:00:00Z"
          message: "connect postgres://shop:urlcanary@db:5432 ECONNREFUSED, password hunter2canary"
`;
}

/** A Deployment whose second revision crashes, its Service and Ingress; something healthy beside it. */
export function shop(suffix = 'k2x9p'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, uid: dep, generation: 2 }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/web:2
          env: [{ name: DB_PASSWORD, value: hunter2canary }]
          envFrom: [{ configMapRef: { name: fine } }]
status:
  observedGeneration: 2
  replicas: 1
  updatedReplicas: 1
  unavailableReplicas: 1
  conditions: [{ type: Available, status: "False", lastTransitionTime: "2026-11-01T09:00:00Z" }]
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web-a
  namespace: shop
  uid: set-a
  creationTimestamp: "2026-10-01T10:00:00Z"
  annotations: { deployment.kubernetes.io/revision: "1" }
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: dep, controller: true }]
spec:
  replicas: 0
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "registry.example.com/shop/web:1" }] }
status: { replicas: 0 }
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web-b
  namespace: shop
  uid: set-b
  creationTimestamp: "2026-11-01T09:00:00Z"
  annotations: { deployment.kubernetes.io/revision: "2" }
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: dep, controller: true }]
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "registry.example.com/shop/web:2" }] }
status: { replicas: 1 }
${pod(suffix)}---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, uid: svc }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-x, namespace: shop, uid: slice, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.1.2.3], conditions: { ready: false }, targetRef: { kind: Pod, name: web-b-${suffix} } }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: site, namespace: shop, uid: site }
spec: { ingressClassName: gce, defaultBackend: { service: { name: web, port: { number: 80 } } } }
---
apiVersion: v1
kind: Event
metadata: { name: e1, namespace: shop, uid: e1 }
involvedObject: { kind: Pod, name: web-b-${suffix}, namespace: shop, uid: pod-${suffix} }
type: Warning
reason: BackOff
count: 12
message: "Back-off restarting failed container, token=eventcanary12345"
lastTimestamp: "2026-11-01T10:00:00Z"
---
apiVersion: v1
kind: ConfigMap
metadata: { name: fine, namespace: shop, uid: fine }
data: { a: b }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: idle, namespace: other, uid: idle }
spec: { containers: [{ name: c, image: idle:1 }] }
status: { phase: Running, conditions: [{ type: Ready, status: "True" }] }
---
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop, uid: db }
data: { password: czNjcmV0Y2FuYXJ5 }
`;
}
