import type { Dockerfile, Instruction } from '../../../../labs/kit/dockerfile/read.ts'
import type { BuildFailure } from '../../contract.ts'

const INSTRUCTIONS = new Set([
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
])

/** Why a Dockerfile is not given to the builder at all; the first reason in the order of its lines. */
export const refusalOf = (dockerfile: Dockerfile, names: readonly string[]): BuildFailure | undefined => {
  const { file } = dockerfile
  const first =
    dockerfile.before.find(({ keyword }) => keyword !== 'ARG') ?? (dockerfile.stages.length === 0 ? dockerfile.before[0] : undefined)
  const all = [...dockerfile.before, ...dockerfile.stages.flatMap(({ from, instructions }) => [from, ...instructions])]
  const unknown = all.find(({ keyword }) => !INSTRUCTIONS.has(keyword))
  if (unknown) return { kind: 'invalid', at: { file, line: unknown.line }, message: `unknown instruction: ${unknown.written}` }
  if (dockerfile.stages.length === 0) return { kind: 'invalid', at: { file, line: first?.line ?? 1 }, message: 'there is no FROM' }
  if (first) return { kind: 'invalid', at: { file, line: first.line }, message: `${first.keyword} before the first FROM` }
  const allowed = new Set(names.map(canonical))
  for (const stage of dockerfile.stages) {
    if (stage.image === '') return { kind: 'invalid', at: { file, line: stage.from.line }, message: 'FROM names no image' }
    const base = stage.base === undefined || stage.base === '' ? undefined : stage.base
    const known = stage.parent !== undefined || base === 'scratch' || (base !== undefined && allowed.has(canonical(base)))
    if (!known) return { kind: 'base', at: { file, line: stage.from.line }, image: base ?? stage.image, allowed: names }
    const borrowed = stage.instructions.flatMap((instruction) => sourcesOf(instruction).map((source) => ({ instruction, source })))
    const outside = borrowed.find(({ source }) => !isStage(dockerfile, stage.index, source) && !allowed.has(canonical(source)))
    if (outside) return { kind: 'base', at: { file, line: outside.instruction.line }, image: outside.source, allowed: names }
  }
  return undefined
}

/** Stages and images that an instruction takes files from. */
const sourcesOf = ({ keyword, flags }: Instruction): readonly string[] =>
  flags.flatMap(({ name, value = '' }) => {
    if (keyword === 'COPY' && name === 'from') return [value]
    if (keyword === 'RUN' && name === 'mount')
      return value.split(',').flatMap((part) => (part.startsWith('from=') ? [part.slice('from='.length)] : []))
    return []
  })

const isStage = (dockerfile: Dockerfile, before: number, source: string): boolean =>
  /^\d+$/.test(source)
    ? Number(source) < before
    : dockerfile.stages.some(({ index, name }) => index < before && name?.toLowerCase() === source.toLowerCase())

/** One spelling for one image: no default registry, no default tag. */
const canonical = (image: string): string =>
  image
    .replace(/^(?:docker\.io\/|index\.docker\.io\/|localhost\/)/, '')
    .replace(/^library\//, '')
    .replace(/:latest$/, '')
