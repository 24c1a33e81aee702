import { Duplex } from 'node:stream'
import { compareQuantities, parseQuantity } from '../../../../labs/kit/kubernetes/arithmetic/quantity.ts'
import { Fault } from '../../../fault.ts'
import { AGENT_PATH } from '../../../images/agent/install.ts'
import { type Agent, agentOver } from '../../agent/client.ts'
import { becomeWhenTold, toTelling } from '../../container/program.ts'
import type { Limits, SandboxSpec } from '../../contract.ts'
import { limitsOf } from '../../limits.ts'
import type { Slot } from '../../pool.ts'
import { unless } from '../fault.ts'
import { CONTAINER, toResources } from './pod.ts'
import { connectTo, type Place, type Started, startPod } from './started.ts'
import { ranOutOfMemory } from './watch.ts'

/** The Pod that `exec`, `write` and `read` work in. */
const NAME = 'work'
const RESIZE_SECONDS = 60

/** Starts the Pod with the agent in it: a slot of this sandbox alone. Throws `Fault`. */
export const startWork = async (place: Place, spec: SandboxSpec, image: string): Promise<Slot> => {
  const started = await startPod(place, {
    name: NAME,
    image,
    command: becomeWhenTold,
    limits: limitsOf(spec.limits),
    names: spec.network === 'internal',
    seconds: spec.deadlineSeconds,
    again: true,
    ...(spec.network === 'internal' && { hostname: 'sandbox' }),
  })
  return toSlot(place, spec, started)
}

/** The same Pod with the same files, after its kubelet has started the container again. Throws `Fault`. */
export const reopenWork = async (place: Place, spec: SandboxSpec, restarts: number): Promise<Slot> => {
  const slot = await toSlot(place, spec, await connectTo(place, NAME, restarts))
  // Somebody may have given it another size.
  await slot.resize(limitsOf(spec.limits))
  return slot
}

/** How long a kubelet may take to tell why a container ended. */
const TELL_SECONDS = 20

/** Whether the container ended, for so many times now, because memory ran out: where a kernel counts by groups the agent goes with the rest. */
export const endedByMemory = async ({ watch }: Place, times: number): Promise<boolean> => {
  const told = watch.when(
    NAME,
    ({ state: { containerStatuses }, removed, gone }) => {
      const { restartCount = 0, state, lastState } = containerStatuses[0] ?? {}
      if (gone) return false
      const { terminated } = (restartCount >= times ? lastState : restartCount === times - 1 ? state : undefined) ?? {}
      return terminated && ranOutOfMemory(terminated, removed)
    },
    { signal: AbortSignal.timeout(TELL_SECONDS * 1000) },
  )
  return told.catch(() => false)
}

const toSlot = async (place: Place, spec: SandboxSpec, started: Started): Promise<Slot> => {
  const limits = limitsOf(spec.limits)
  const agent = await talkTo(started)
  return {
    id: place.namespace,
    agent,
    expiresAt: Date.now() + spec.deadlineSeconds * 1000,
    ended: agent.ended,
    resize: (wanted) => resize(place, { ...limits, ...wanted }),
    // The Pod goes with the namespace.
    remove: async () => started.close(),
  }
}

/** The agent speaks first, so it begins when it is told to: what it says before somebody is connected nobody hears. */
const talkTo = async ({ stdin, stdout, stderr }: Started): Promise<Agent> => {
  stderr.resume()
  const agent = agentOver(Duplex.from({ readable: stdout, writable: stdin }))
  stdin.write(toTelling({ command: [AGENT_PATH] }))
  await agent.ready()
  return agent
}

/** Changes what a running Pod may use, and waits until its kernel holds it to that. Throws `Fault` `sandbox.impossible` before 1.33. */
const resize = async ({ api, namespace, watch }: Place, limits: Pick<Limits, 'memoryMiB' | 'cpus'>): Promise<void> => {
  const resources = toResources(limits)
  const changed = await unless(
    [404],
    'change what a Pod may use',
    api.call({
      method: 'PATCH',
      path: `/api/v1/namespaces/${namespace}/pods/${NAME}/resize`,
      contentType: 'application/strategic-merge-patch+json',
      body: {
        spec: { containers: [{ name: CONTAINER, resources: { requests: pick(resources.requests), limits: pick(resources.limits) } }] },
      },
    }),
  )
  if (changed === undefined)
    throw new Fault('sandbox.impossible', 'This cluster cannot change what a running Pod may use; Kubernetes 1.33 and newer can.')
  const limit = AbortSignal.timeout(RESIZE_SECONDS * 1000)
  await watch
    .when(NAME, ({ state, gone }) => (gone || holds(state.containerStatuses[0]?.resources.limits, resources.limits) ? true : undefined), {
      signal: limit,
    })
    .catch((thrown: unknown) => {
      if (!limit.aborted) throw thrown
      throw new Fault('cluster.timeout', `The node did not change what a Pod may use within ${RESIZE_SECONDS} s.`)
    })
}

const pick = ({ cpu, memory }: { readonly cpu: string; readonly memory: string }) => ({ cpu, memory })

/** Whether the kubelet tells of these limits, which it writes in its own way: `1` for `1000m`, `1Gi` for `1024Mi`. */
const holds = (told: Readonly<Record<string, string>> | undefined, wanted: { readonly cpu: string; readonly memory: string }): boolean =>
  (['cpu', 'memory'] as const).every((resource) => {
    const [is, asked] = [parseQuantity(told?.[resource]), parseQuantity(wanted[resource])]
    return is !== undefined && asked !== undefined && compareQuantities(is, asked) === 0
  })
