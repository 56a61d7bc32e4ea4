/** A Pod in namespace default whose container `c` waits with `reason`. */
export function waitingPod(name: string, reason = 'ErrImagePull'): string {
  return `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: web } }
spec:
  containers:
    - name: c
      image: web
status:
  phase: Pending
  containerStatuses:
    - { name: c, state: { waiting: { reason: ${reason}, message: "no <such> image | or so" } } }
`;
}
