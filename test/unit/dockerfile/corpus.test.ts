import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lintDockerfile, RULES } from '../../../labs/kit/dockerfile/lint.ts'
import { readDockerfile } from '../../../labs/kit/dockerfile/read.ts'

const shared = new URL('../../../../shared/', import.meta.url)
const present = existsSync(shared)
if (!present) console.log('skipped: real Dockerfiles and documented examples, because ../shared is not beside this checkout')

const json = <T>(path: string): T => JSON.parse(readFileSync(new URL(path, shared), 'utf8')) as T

interface Sample {
  readonly file: string
  readonly stages: number
  readonly directives: readonly (readonly [string, string])[]
  readonly instructionsTopLevel: Readonly<Record<string, number>>
}

interface Documented {
  readonly rules: readonly {
    readonly rule: string
    readonly severity?: string
    readonly examples?: readonly { readonly kind: 'good' | 'bad'; readonly dockerfile: string }[]
  }[]
}

describe.skipIf(!present)('real Dockerfiles', () => {
  const samples = present ? json<{ dockerfiles: readonly Sample[] }>('corpus/dockerfiles/index.json').dockerfiles : []

  it.each(samples.map((sample) => [sample.file, sample] as const))('%s is read whole', (_file, sample) => {
    const text = readFileSync(new URL(`corpus/dockerfiles/${sample.file}`, shared), 'utf8')
    const dockerfile = readDockerfile(text)
    const instructions = [...dockerfile.before, ...dockerfile.stages.flatMap(({ from, instructions: inner }) => [from, ...inner])]
    const counted = Object.fromEntries(
      Object.entries(Object.groupBy(instructions, ({ keyword }) => keyword)).map(([keyword, found]) => [keyword, found?.length ?? 0]),
    )
    // The index counts the CMD of a HEALTHCHECK when it stands at the beginning of a continuation line; Docker does not.
    const inHealthchecks = instructions.filter(
      ({ keyword, line, endLine }) =>
        keyword === 'HEALTHCHECK' && dockerfile.lines.slice(line, endLine).some((more) => /^\s*CMD\b/.test(more)),
    ).length
    const expected = { ...sample.instructionsTopLevel }
    if (inHealthchecks > 0 && (counted['CMD'] ?? 0) < (expected['CMD'] ?? 0)) expected['CMD'] = (expected['CMD'] ?? 0) - inHealthchecks
    expect(counted).toEqual(expected)
    expect(dockerfile.stages.length).toBe(sample.stages)
    expect(dockerfile.directives.map(({ name, value }) => [name, value])).toEqual(sample.directives)
    expect(instructions.every(({ line, endLine }) => line >= 1 && endLine >= line && endLine <= dockerfile.lines.length)).toBe(true)
  })

  it.each(samples.map(({ file }) => [file]))('%s gets findings with a line of its own, in both languages', (file) => {
    const dockerfile = readDockerfile(readFileSync(new URL(`corpus/dockerfiles/${file}`, shared), 'utf8'))
    for (const { line, message } of lintDockerfile(dockerfile)) {
      expect(line).toBeGreaterThan(0)
      expect(line).toBeLessThanOrEqual(dockerfile.lines.length)
      expect(message.en).not.toMatch(/\{|undefined/)
      expect(message.ja).not.toMatch(/\{|undefined/)
    }
  })
})

describe.skipIf(!present)('the rules that others document', () => {
  const hadolint = present ? json<Documented>('reference/docker/lint-rules.json').rules : []
  const buildkit = present ? json<Documented>('reference/docker/buildkit-lint-rules.json').rules : []

  it('are all here, as severe as there', () => {
    const known = new Map(RULES.map(({ id, severity }) => [id, severity]))
    expect(hadolint.filter(({ rule }) => !known.has(rule)).map(({ rule }) => rule)).toEqual([])
    expect(buildkit.filter(({ rule }) => !known.has(rule)).map(({ rule }) => rule)).toEqual([])
    expect(hadolint.filter(({ rule, severity }) => known.get(rule) !== severity?.toLowerCase()).map(({ rule }) => rule)).toEqual([])
  })

  const examples = buildkit.flatMap(({ rule, examples: all = [] }) =>
    all.map((example, index) => [`${rule} ${index + 1}, ${example.kind}`, rule, example] as const),
  )
  it.each(examples)("Docker's example %s", (_name, rule, { kind, dockerfile }) => {
    const found = lintDockerfile(readDockerfile(dockerfile), { rules: [rule], ignored: ['tmp/'] })
    if (kind === 'good') expect(found).toEqual([])
    else expect(found.length).toBeGreaterThan(0)
  })
})
