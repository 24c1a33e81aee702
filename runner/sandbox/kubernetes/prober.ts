import { createHash } from 'node:crypto'
import { Duplex, PassThrough } from 'node:stream'
import { Fault } from '../../fault.ts'
import type { Abortable } from '../contract.ts'
import { connectProber, type Prober } from '../prober/probe-client.ts'
import { proberFiles } from '../prober/program-files.ts'
import type { Api } from './api.ts'
import { execInPod } from './exec.ts'
import { unless } from './fault.ts'
import { HOME, LABEL } from './labels.ts'
import { waitForObject } from './observe.ts'

export interface ProberOptions {
  /** An image with Node that every node has or can pull. */
  readonly image: string
  readonly instance: string
  /** The namespace it works for. */
  readonly sandbox: string
  readonly deadline: number
}

type Body = Readonly<Record<string, unknown>>

/** The prober's Pod: beside the learners' accounts, out of reach of their policies, quota and eyes. */
export const toProberPod = ({ image, instance, sandbox, deadline }: ProberOptions, files: string): Body => ({
  metadata: {
    name: `prober-${sandbox}`,
    labels: { [LABEL.instance]: instance, [LABEL.sandbox]: sandbox, [LABEL.deadline]: String(deadline), [LABEL.state]: 'used' },
  },
  spec: {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'prober',
        image,
        imagePullPolicy: 'IfNotPresent',
        // The program itself is started for each conversation; this holds the place.
        command: ['node', '-e', 'setInterval(() => {}, 2 ** 30)'],
        resources: { requests: { cpu: '20m', memory: '48Mi' }, limits: { memory: '256Mi' } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'program', mountPath: '/prober', readOnly: true }],
      },
    ],
    volumes: [{ name: 'program', configMap: { name: files } }],
  },
})

/** Every runner of one version shares the program's files. */
const deliverFiles = async (api: Api, { signal }: Abortable): Promise<string> => {
  const data = Object.fromEntries(
    Object.entries(await proberFiles()).map(([name, file]) => [name, typeof file === 'string' ? file : Buffer.from(file).toString('utf8')]),
  )
  const name = `prober-${createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 12)}`
  const call = api.call({
    method: 'POST',
    path: `/api/v1/namespaces/${HOME}/configmaps`,
    body: { metadata: { name }, immutable: true, data },
    ...(signal ? { signal } : {}),
  })
  await unless([409], "keep the prober's files", call)
  return name
}

const START_SECONDS = 60

interface PodStatus {
  readonly phase?: string
  readonly containerStatuses?: readonly {
    readonly state?: { readonly waiting?: { readonly reason?: string }; readonly running?: unknown }
  }[]
}

/** A prober, and how it finds Services: it asks the name server itself, without the search list that a program's `getaddrinfo` has. */
export interface PlacedProber {
  readonly prober: Prober
  readonly domain: string
}

/** Starts a prober for a sandbox and speaks to it. Throws `Fault` `image.missing`, `prober.failed`, `cluster.*`. */
export const startProber = async (api: Api, options: ProberOptions, o: Abortable = {}): Promise<PlacedProber> => {
  const { signal } = o
  const pod = toProberPod(options, await deliverFiles(api, o))
  const name = `prober-${options.sandbox}`
  await unless(
    [409],
    'make the prober',
    api.call({ method: 'POST', path: `/api/v1/namespaces/${HOME}/pods`, body: pod, ...(signal ? { signal } : {}) }),
  )
  const statusOf = (object: unknown): PodStatus => (object as { status?: PodStatus } | undefined)?.status ?? {}
  const waiting = (status: PodStatus): string => status.containerStatuses?.[0]?.state?.waiting?.reason ?? ''
  const { object } = await waitForObject(
    api,
    `/api/v1/namespaces/${HOME}/pods`,
    (each) =>
      statusOf(each).containerStatuses?.[0]?.state?.running !== undefined || /^(ErrImage|ImagePull|Invalid)/.test(waiting(statusOf(each))),
    { fields: { 'metadata.name': name }, withinSeconds: START_SECONDS, ...(signal ? { signal } : {}) },
  )
  const status = statusOf(object)
  if (/^(ErrImage|ImagePull|Invalid)/.test(waiting(status)))
    throw new Fault('image.missing', `The cluster's nodes lack the image ${options.image}: ${waiting(status)}.`)
  if (status.containerStatuses?.[0]?.state?.running === undefined)
    throw new Fault('prober.failed', `The prober's Pod is ${status.phase ?? 'nowhere'} after ${START_SECONDS} s.`)
  const [input, output] = [new PassThrough(), new PassThrough()]
  void api
    .exec({ namespace: HOME, pod: name, container: 'prober', command: ['node', '/prober/main.js'], stdin: input, stdout: output })
    .catch((cause: unknown) => output.destroy(cause as Error))
    .finally(() => output.end())
  const [prober, domain] = await Promise.all([
    connectProber(Duplex.from({ readable: output, writable: input }), o),
    clusterDomain(api, name, o),
  ])
  return { prober, domain }
}

/** One prober for a namespace, started when it is first asked for. */
export interface KeptProber extends AsyncDisposable {
  get(): Promise<PlacedProber>
}

export const keepProber = (start: () => Promise<PlacedProber>): KeptProber => {
  let starting: Promise<PlacedProber> | undefined
  return {
    get() {
      if (starting === undefined) {
        const begun = start()
        starting = begun
        begun.catch(() => {
          starting = undefined
        })
      }
      return starting
    },
    [Symbol.asyncDispose]: async () =>
      starting?.then(
        ({ prober }) => prober[Symbol.dispose](),
        () => {},
      ),
  }
}

/** The cluster's own domain, as every Pod is told it: `search hatoba-learners.svc.cluster.local svc.cluster.local ...`. */
const clusterDomain = async (api: Api, pod: string, o: Abortable): Promise<string> => {
  const { stdout } = await execInPod(api, { namespace: HOME, pod, container: 'prober' }, ['cat', '/etc/resolv.conf'], o)
  return /^search .*\bsvc\.(\S+)/m.exec(Buffer.from(stdout).toString('utf8'))?.[1] ?? 'cluster.local'
}
