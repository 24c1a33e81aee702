import { z } from 'zod'
import { type Answer, type Form, readForm, reject } from '../../kit/index.ts'

export const ENVIRONMENTS = ['test', 'staging', 'production'] as const
export type EnvironmentName = (typeof ENVIRONMENTS)[number]

/** What somebody writes without quotes is text for a program all the same. */
const text = z.preprocess((value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value), z.string())
const texts = z.record(z.string(), text).default({})
const path = z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0]+$/, 'a path below /work, without a leading slash')

const build = z.strictObject({ name: z.string(), args: texts })
const deployment = z.strictObject({
  image: z.string(),
  command: z.array(text).optional(),
  variables: texts,
  files: z.record(path, text).default({}),
  disk: z.boolean().default(false),
})
const schema = z.strictObject({
  builds: z.array(build).min(1).max(6),
  environments: z.strictObject({ test: deployment, staging: deployment, production: deployment }),
})

/** What the learner's pipeline builds, and what it starts where. */
export type Release = z.infer<typeof schema>
export type Deployment = z.infer<typeof deployment>

/** The release of a learner's file, or the answer to give when it cannot be carried out. */
export const readRelease = (source: string): { readonly release: Release } | { readonly answer: Answer } => {
  const read = readForm('release.yaml', source, schema)
  if ('answer' in read) return read
  const { form } = read
  return problemOf(form) ?? { release: form.value }
}

const problemOf = ({ value, at }: Form<Release>): { readonly answer: Answer } | undefined => {
  const names = value.builds.map(({ name }) => name)
  const twice = names.findIndex((name, index) => names.indexOf(name) < index)
  if (twice >= 0) return { answer: reject('twice', { build: names[twice] ?? '' }, { at: at(['builds', twice, 'name']) }) }
  const unknown = ENVIRONMENTS.find((name) => !names.includes(value.environments[name].image))
  if (unknown === undefined) return undefined
  const { image } = value.environments[unknown]
  const known = names.map((name) => `\`${name}\``).join(', ')
  return { answer: reject('unknown', { environment: unknown, image, known }, { at: at(['environments', unknown, 'image']) }) }
}
