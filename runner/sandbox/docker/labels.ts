import { thisProcess } from '../owner-process.ts'

/** What a container is for; decides nothing but what a reader of `docker ps` sees. */
export type Role = 'holder' | 'exec' | 'service' | 'prober' | 'place' | 'edges' | 'builder' | 'image' | 'network' | 'files'

export const LABEL = {
  instance: 'hatoba',
  sandbox: 'hatoba.sandbox',
  submission: 'hatoba.submission',
  deadline: 'hatoba.deadline',
  role: 'hatoba.role',
  process: 'hatoba.process',
} as const

export type Labels = Readonly<Record<string, string>>

/** Who owns a thing and until when. The sweep reads nothing else. */
export interface Owner {
  readonly instance: string
  readonly sandbox: string
  readonly submission: string
  /** Seconds since the Unix epoch. */
  readonly deadline: number
}

export const toLabels = (owner: Owner, role: Role): Labels => ({
  [LABEL.instance]: owner.instance,
  [LABEL.sandbox]: owner.sandbox,
  [LABEL.submission]: owner.submission,
  [LABEL.deadline]: String(owner.deadline),
  [LABEL.role]: role,
  [LABEL.process]: thisProcess(),
})

/** The filter that lists everything that any instance of ours owns. */
export const OURS = { label: [LABEL.instance] }

/** The filter that lists what one sandbox, or one whole instance, owns. */
export const toFilter = (owned: { readonly instance: string; readonly sandbox?: string }) => ({
  label: [`${LABEL.instance}=${owned.instance}`, ...(owned.sandbox === undefined ? [] : [`${LABEL.sandbox}=${owned.sandbox}`])],
})
