/**
 * Prints what the static tier costs: loading, the first manifest of a kind (its schema is compiled), and every one after.
 *
 *     node tools/kubernetes-schemas/measure.ts
 *
 * @module
 */
import { memoryUsage } from 'node:process'

const megabytes = (): number => memoryUsage().rss / 1024 / 1024
const before = { at: performance.now(), rss: megabytes() }
const { checkManifests, lintManifests } = await import('../../labs/kit/kubernetes/index.ts')
const loaded = { at: performance.now(), rss: megabytes() }

const container = (name: string): string => `        - name: ${name}
          image: registry.example/${name}:1.2.3
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 5
          resources:
            requests:
              cpu: 100m
              memory: 64Mi
            limits:
              memory: 64Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop:
                - ALL
`
const workload = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels:
    app: ${name}
spec:
  replicas: 3
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
${container('web')}${container('proxy')}---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  selector:
    app: ${name}
  ports:
    - name: http
      port: 80
      targetPort: http
---
`
const text = ['shop', 'stock', 'mail', 'cart'].map(workload).join('')
/** CPU and wall-clock time of one run: on a machine with other work the first is ours and the second is everybody's. */
const run = (): { cpuMs: number; wallMs: number } => {
  const [start, used] = [performance.now(), process.cpuUsage()]
  const { manifests, findings } = checkManifests({ 'all.yaml': text })
  lintManifests(manifests)
  if (findings.length > 0) throw new Error(JSON.stringify(findings))
  const { user, system } = process.cpuUsage(used)
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - start }
}
const first = run()
for (let warmUp = 0; warmUp < 10; warmUp += 1) run()
const runs = Array.from({ length: 40 }, run)
const at = (share: number, of: (each: ReturnType<typeof run>) => number): string =>
  (runs.map(of).toSorted((a, b) => a - b)[Math.floor(runs.length * share)] ?? Number.NaN).toFixed(1)
console.log(
  `load ${(loaded.at - before.at).toFixed(0)} ms, ${(loaded.rss - before.rss).toFixed(0)} MiB; first manifest ${first.cpuMs.toFixed(0)} ms of CPU`,
)
for (const [name, of] of Object.entries({
  CPU: ({ cpuMs }: ReturnType<typeof run>) => cpuMs,
  'wall clock': ({ wallMs }: ReturnType<typeof run>) => wallMs,
}))
  console.log(
    `${text.split('\n').length} lines, check and lint, ${name}: p50 ${at(0.5, of)} ms, p95 ${at(0.95, of)} ms (n = ${runs.length})`,
  )
