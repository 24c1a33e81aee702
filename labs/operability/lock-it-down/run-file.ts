import { z } from 'zod'
import {
  type Answer,
  type Capability,
  DEFAULT_CAPABILITIES,
  type Form,
  readForm,
  reject,
  type Values,
  type Walls,
} from '../../kit/index.ts'

export const RUN_FILE = 'run.yaml'

const words = z.array(z.string())
const schema = z.strictObject({
  command: words.min(1),
  user: z.union([z.number(), z.string()]).optional(),
  read_only: z.boolean().default(false),
  tmpfs: words.default([]),
  cap_drop: words.default([]),
  cap_add: words.default([]),
  security_opt: words.default([]),
  pids_limit: z.number().int().optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  secrets: z.array(z.enum(['carrier-key'])).default([]),
})
type Written = z.infer<typeof schema>

/** How the learner wants the service to be run. */
export interface Run {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly walls: Omit<Walls, 'mounts'>
  readonly pidsLimit: number | undefined
  /** Whether the key is mounted for it. */
  readonly mountsKey: boolean
}

/** What the platform puts in for a name in `${...}`. */
export const KEY_VARIABLE = 'CARRIER_KEY'
const VARIABLE = /\$\{([^}]*)\}/g

/** Those of them that would reach past the sandbox, or show nothing in it. */
const WITHHELD: readonly string[] = ['AUDIT_WRITE', 'MKNOD', 'NET_RAW', 'SETFCAP']
const OPTIONS = /^(rw|exec|noexec|suid|nosuid|nodev|size=\d+[kmg]?|mode=[0-7]{3,4}|uid=\d+|gid=\d+)$/
const FOLDER = /^\/(?!(proc|sys|dev|usr)(\/|$))([\w.-]+\/)*[\w.-]+$/
const USER = /^(\d+)(:\1)?$/

/** The run file as walls, with the platform's values put in; or what keeps it from being understood. */
export const readRun = (text: string, key: string): { readonly run: Run } | { readonly answer: Answer } => {
  const read = readForm(RUN_FILE, text, schema)
  if ('answer' in read) return read
  const { form } = read
  const { value } = form
  const problem = problemOf(value, form)
  if (problem !== undefined) return { answer: problem }
  const put = (written: string) => written.replaceAll(VARIABLE, key)
  return {
    run: {
      command: value.command.map(put),
      environment: Object.fromEntries(Object.entries(value.environment).map(([name, written]) => [name, put(String(written))])),
      walls: {
        user: Number(USER.exec(String(value.user ?? 0))?.[1]),
        root: value.read_only ? 'read-only' : 'writable',
        scratch: value.tmpfs.map(toScratch),
        capabilities: toCapabilities(value),
        gainsPrivileges: !value.security_opt.some(isNoNewPrivileges),
      },
      pidsLimit: value.pids_limit !== undefined && value.pids_limit > 0 ? value.pids_limit : undefined,
      mountsKey: value.secrets.length > 0,
    },
  }
}

const problemOf = (value: Written, form: Form<Written>): Answer | undefined => {
  const at = (...path: (string | number)[]) => ({ at: form.at(path) })
  const say = (as: string, values: Values, path: readonly (string | number)[]) => reject(as, values, at(...path))
  if (!USER.test(String(value.user ?? 0)) || Number.parseInt(String(value.user ?? 0), 10) > 65_535)
    return say('user', { user: String(value.user) }, ['user'])
  for (const [index, entry] of value.tmpfs.entries()) {
    const [path = '', options = ''] = entry.split(':')
    if (!FOLDER.test(path) || path.includes('..')) return say('folder', { path }, ['tmpfs', index])
    const option = options.split(',').find((each) => each !== '' && !OPTIONS.test(each))
    if (option !== undefined) return say('option', { option, path }, ['tmpfs', index])
    if (value.tmpfs.findIndex((other) => other.split(':')[0] === path) < index) return say('twice', { path }, ['tmpfs', index])
  }
  for (const list of ['cap_drop', 'cap_add'] as const)
    for (const [index, name] of value[list].entries()) {
      const known = plain(name) === 'ALL' || DEFAULT_CAPABILITIES.some((each) => each === plain(name))
      // To drop what one does not have is no mistake.
      if (!known && list === 'cap_add') return say('capability', { name }, [list, index])
    }
  const option = value.security_opt.findIndex((each) => !isNoNewPrivileges(each))
  if (option >= 0) return say('security', { option: value.security_opt[option] ?? '' }, ['security_opt', option])
  for (const [name, written] of Object.entries(value.environment)) {
    if (!/^[A-Za-z_]\w*$/.test(name) || name.startsWith('LD_')) return say('name', { name }, ['environment', name])
    const stranger = strangerIn(String(written))
    if (stranger !== undefined) return say('variable', { name: stranger, known: KEY_VARIABLE }, ['environment', name])
  }
  const odd = value.command.findIndex((word) => strangerIn(word) !== undefined)
  if (odd >= 0) return say('variable', { name: strangerIn(value.command[odd] ?? '') ?? '', known: KEY_VARIABLE }, ['command', odd])
  return undefined
}

/** A name in `${...}` for which the platform has no value. */
const strangerIn = (written: string): string | undefined =>
  [...written.matchAll(VARIABLE)].map(([, name = '']) => name).find((name) => name !== KEY_VARIABLE)

const isNoNewPrivileges = (option: string): boolean => /^no-new-privileges([:=]true)?$/.test(option)

const plain = (name: string): string => name.toUpperCase().replace(/^CAP_/, '')

const toScratch = (entry: string): Walls['scratch'][number] => {
  const [path = '', options = ''] = entry.split(':')
  // As an engine has it: nothing may be run there unless somebody says so.
  return { path, exec: options.split(',').includes('exec') }
}

const toCapabilities = ({ cap_drop, cap_add }: Written): readonly Capability[] => {
  const [dropped, added] = [cap_drop.map(plain), cap_add.map(plain)]
  return DEFAULT_CAPABILITIES.filter(
    (name) => added.includes('ALL') || added.includes(name) || !(dropped.includes('ALL') || dropped.includes(name)),
  ).filter((name): name is Exclude<typeof name, 'AUDIT_WRITE' | 'MKNOD' | 'NET_RAW' | 'SETFCAP'> => !WITHHELD.includes(name))
}
