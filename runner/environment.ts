import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** The checkout that this runs from. */
export const CHECKOUT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

const flag = (doc: string) =>
  z
    .string()
    .transform((text) => text !== '' && text !== '0' && text !== 'false')
    .default(false)
    .describe(doc)

/** Every variable that Hatoba reads, each with its default and what it is for. An empty variable counts as absent. */
const Environment = z.object({
  HATOBA_HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  HATOBA_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'a port number')
    .transform(Number)
    .refine((port) => port <= 65_535, 'a port number up to 65535')
    .default(4270)
    .describe('port to listen on; 0 takes a free one'),
  HATOBA_DATA: z
    .string()
    .default(`${CHECKOUT}/.hatoba`)
    .transform((folder) => resolve(folder))
    .describe('folder that keeps everything: store, logs, pid files'),
  HATOBA_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'a URL like postgres://name@host/database' })
    .optional()
    .describe('a PostgreSQL to use instead of the embedded store'),
  HATOBA_DOCKER_RUNTIME: z
    .string()
    .regex(/^[\w.-]+$/, 'the name of a runtime that the engine knows')
    .optional()
    .describe('a stronger runtime for sandboxes, for example runsc'),
  HATOBA_KUBECONFIG: z
    .string()
    .transform((path) => resolve(path))
    .optional()
    .describe('kubeconfig of the cluster that labs on Kubernetes may use; a kind cluster of ours unless set'),
  HATOBA_KIND_NODE_IMAGE: z.string().optional().describe('node image for `hatoba up --kind`; the one that kind knows unless set'),
  HATOBA_KIND_ADDONS: z
    .string()
    .transform((folder) => resolve(folder))
    .optional()
    .describe('folder with image archives (*.tar) of metrics-server and kwok, for `hatoba up --kind` without a network'),
  HATOBA_CHROMIUM: z.string().default('/usr/bin/chromium').describe('the browser that the browser tests drive'),
  DOCKER_HOST: z
    .string()
    .regex(/^(unix|tcp|http|https|ssh|npipe|fd):\/\//, 'an address like unix:///var/run/docker.sock or tcp://host:2376')
    .optional()
    .describe('the container engine; comes before contexts and the usual sockets'),
  DOCKER_CONTEXT: z.string().optional().describe('name of the docker context to use'),
  DOCKER_CONFIG: z.string().optional().describe('folder of the docker configuration; default ~/.docker'),
  DOCKER_CERT_PATH: z.string().optional().describe('folder with ca.pem, cert.pem and key.pem for an engine over TLS'),
  DOCKER_TLS_VERIFY: flag('whether DOCKER_HOST is spoken to over TLS'),
  XDG_RUNTIME_DIR: z.string().optional().describe('where rootless engines put their socket'),
  HOME: z.string().default(homedir()).describe('home folder, for ~/.docker'),
  PATH: z.string().default('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').describe('where programs are looked for'),
  CI: flag('set by continuous integration: nothing is asked'),
  NO_COLOR: flag('no colours in the terminal'),
})

export type Environment = Readonly<z.infer<typeof Environment>>

/** A variable that cannot be used; the message names it, what was received and what is expected. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/**
 * The environment, parsed. The only reader of `process.env`.
 *
 * @throws EnvironmentError naming the variable, what was received and what is expected.
 */
export const readEnvironment = (from: Readonly<Record<string, string | undefined>> = process.env): Environment => {
  const present = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = Environment.safeParse(present)
  if (parsed.success) return parsed.data
  const sentences = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0])
    return `${name} is ${JSON.stringify(present[name])}; expected ${issue.message}.`
  })
  throw new EnvironmentError([...new Set(sentences)].join(' '))
}

/** What each variable is for, for documentation and `--help`. */
export const describeEnvironment = (): readonly { readonly name: string; readonly doc: string }[] =>
  Object.entries(Environment.shape).map(([name, schema]) => ({ name, doc: schema.description ?? '' }))

/** The whole environment, for programs that we start and that are ours (apt-get, dockerd, vitest). Never for a learner's program. */
export const inheritedEnvironment = (): Readonly<Record<string, string | undefined>> => ({ ...process.env })
