/** A Deployment that no rule finds anything at, with a NetworkPolicy and a PodDisruptionBudget; the image can be worse. */
export function deployment({
  image = `registry.test/web:1@sha256:${'a'.repeat(64)}`,
}: {
  readonly image?: string;
}): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      automountServiceAccountToken: false
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: RuntimeDefault } }
      topologySpreadConstraints:
        - { topologyKey: kubernetes.io/hostname, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway }
      containers:
        - name: web
          image: ${image}
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { memory: 64Mi, cpu: 200m } }
          readinessProbe: { httpGet: { path: /ready, port: 8080 } }
          livenessProbe: { httpGet: { path: /live, port: 8080 }, periodSeconds: 20 }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Ingress, Egress]
  ingress: [{ from: [{ podSelector: { matchLabels: { app: front } } }] }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec:
  maxUnavailable: 1
  selector: { matchLabels: { app: web } }
  unhealthyPodEvictionPolicy: AlwaysAllow
`;
}

/** A Service named web that asks for Pods with this label. */
export function service(app: string): string {
  return `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: ${app} }, ports: [{ port: 80 }] }
`;
}

export const widget = `---
apiVersion: example.com/v1
kind: Widget
metadata: { name: w }
`;

/** Loses more points than there are. */
export const daemonSet = `---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      hostNetwork: true
      hostPID: true
      containers:
        - name: agent
          image: agent
          securityContext: { privileged: true }
        - name: second
          image: agent
          securityContext: { privileged: true }
`;
