import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Language } from './finding.ts'
import type { Lab } from './lab.ts'
import { differences, type LabText, labTextSchema } from './text.ts'

export type LabFolder = Readonly<Record<string, string>>

/** A lab with everything that stands beside its `lab.ts`. */
export interface CatalogueLab {
  readonly lab: Lab
  /** The folder it stands in below `labs/`: which track it belongs to. */
  readonly track: string
  readonly folder: string
  readonly text: Readonly<Record<Language, LabText>>
  /** Every file of `lab.files`, as a learner begins. */
  readonly starter: LabFolder
  /** Each of these is complete: the solution lies over the starter, the others over the solution. */
  readonly solution: LabFolder
  /** Where the answer differs between learners: the one of each variation; empty otherwise. */
  readonly solutions: Readonly<Record<string, LabFolder>>
  readonly alternatives: Readonly<Record<string, LabFolder>>
  readonly mistakes: Readonly<Record<string, LabFolder>>
}

export interface Catalogue {
  readonly labs: readonly CatalogueLab[]
  find(id: string): CatalogueLab | undefined
}

/** A lab on disk contradicts itself. The message names every contradiction with its place. */
export class LabError extends Error {
  override readonly name = 'LabError'
}

/** Reads the labs below `root`, the folders `<track>/<id>` with a `lab.ts`: all, or those asked for, so that an unfinished one disturbs no other. Throws `LabError` naming all that is wrong with the first bad one. */
export const loadCatalogue = async ({
  root = join(import.meta.dirname, '..'),
  only,
}: {
  readonly root?: string
  readonly only?: readonly string[]
} = {}): Promise<Catalogue> => {
  const tracks = await folders(root)
  const found = await Promise.all(
    tracks
      .filter((track) => track !== 'kit' && track !== 'node_modules')
      .map(async (track) => (await folders(join(root, track))).map((id) => ({ track, folder: join(root, track, id) }))),
  ).then((each) => each.flat().filter(({ folder }) => existsSync(join(folder, 'lab.ts')) && (only?.includes(basename(folder)) ?? true)))
  const labs = await Promise.all(found.map(({ track, folder }) => loadLab(folder, track)))
  const byId = new Map(labs.map((lab) => [lab.lab.id, lab]))
  return { labs, find: (id) => byId.get(id) }
}

/** The solution of the learner with this seed. */
export const solutionFor = ({ lab, solution, solutions }: CatalogueLab, seed: number): LabFolder =>
  solutions[lab.variations?.of(seed) ?? ''] ?? solution

/** Seeds tried before a variation counts as one that nobody gets. */
const MOST_SEEDS = 10_000

/**
 * The seed under which an alternative, a mistake or a solution of a variation is graded: the nth one, from 1, that gives the variation
 * it is about. Of a lab without variations the number itself. Throws `LabError` for a variation that no learner would get.
 */
export const seedFor = ({ lab: { id, variations } }: CatalogueLab, nth: number, about?: string): number => {
  if (variations === undefined) return nth
  const wanted =
    about === undefined
      ? variations.all[0]
      : (variations.writtenFor?.[about] ?? (variations.all.includes(about) ? about : variations.all[0]))
  let found = 0
  for (let seed = 1; seed <= MOST_SEEDS; seed++) {
    if (variations.of(seed) === wanted && ++found === nth) return seed
  }
  throw new LabError(`${id}: of ${MOST_SEEDS} learners none gets ${wanted}`)
}

/** Reads one lab's folder. Throws `LabError`. */
export const loadLab = async (folder: string, track: string): Promise<CatalogueLab> => {
  const { default: lab } = (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'lab.ts')).href)) as { default: Lab }
  const [en, ja, starter, overSolution, overSolutions, alternatives, mistakes] = await Promise.all([
    readText(folder, 'en'),
    readText(folder, 'ja'),
    readTree(join(folder, 'starter')),
    readTree(join(folder, 'solution')),
    readTrees(join(folder, 'solutions')),
    readTrees(join(folder, 'alternatives')),
    readTrees(join(folder, 'mistakes')),
  ])
  const plain = { ...starter, ...overSolution }
  const solutions = mapValues(overSolutions, (files) => ({ ...plain, ...files }))
  const [usual] = lab.variations?.all ?? []
  const solution = solutions[usual ?? ''] ?? plain
  const over = (files: LabFolder, name: string): LabFolder => ({
    ...(solutions[lab.variations?.writtenFor?.[name] ?? ''] ?? solution),
    ...files,
  })
  const loaded: CatalogueLab = {
    lab,
    track,
    folder,
    text: { en, ja },
    starter,
    solution,
    solutions,
    alternatives: mapValues(alternatives, over),
    mistakes: mapValues(mistakes, over),
  }
  const problems = problemsOf(loaded)
  if (problems.length > 0) throw new LabError(`${relative(process.cwd(), folder)}:\n  ${problems.join('\n  ')}`)
  return loaded
}

const problemsOf = ({ lab, folder, text, starter, solution, solutions, alternatives, mistakes }: CatalogueLab): string[] => {
  const declared = Object.keys(lab.files)
  const strangers = (where: string, files: LabFolder): string[] =>
    Object.keys(files)
      .filter((path) => !declared.includes(path))
      .map((path) => `${where}/${path} is not among the lab's files`)
  const unequal = (what: string, a: readonly string[], b: readonly string[]): string[] => {
    const [left, right] = [[...a].sort().join(', '), [...b].sort().join(', ')]
    return left === right ? [] : [`${what}: ${left || 'none'} / ${right || 'none'}`]
  }
  const checks = Object.keys(lab.checks)
  return [
    ...(folder.endsWith(`/${lab.id}`) ? [] : [`the id is ${lab.id}, the folder another`]),
    ...declared.filter((path) => starter[path] === undefined).map((path) => `starter/${path} is missing`),
    ...strangers('starter', starter),
    ...strangers('solution', solution),
    ...Object.entries(solutions).flatMap(([name, files]) => strangers(`solutions/${name}`, files)),
    ...unequal('variations in lab.ts / folders of solutions', lab.variations?.all ?? [], Object.keys(solutions)),
    ...Object.entries(lab.variations?.writtenFor ?? {})
      .filter(([name, variation]) => !(name in { ...alternatives, ...mistakes }) || !(variation in solutions))
      .map(([name, variation]) => `${name} is written for ${variation}: one of the two does not exist`),
    ...Object.entries(alternatives).flatMap(([name, files]) => strangers(`alternatives/${name}`, files)),
    ...Object.entries(mistakes).flatMap(([name, files]) => strangers(`mistakes/${name}`, files)),
    ...unequal('mistakes in lab.ts / folders', Object.keys(lab.mistakes), Object.keys(mistakes)),
    ...unequal('mistakes in lab.ts / text', Object.keys(lab.mistakes), Object.keys(text.en.mistakes)),
    ...unequal('checks in lab.ts / text', checks, Object.keys(text.en.checks)),
    ...checks.flatMap((id) =>
      (lab.checks[id]?.needs ?? []).filter((need) => !checks.includes(need)).map((need) => `${id} needs ${need}, which is no check`),
    ),
    ...checks.flatMap((id) => {
      const { tier = 'static' } = lab.checks[id] ?? {}
      return tier === 'static' || tier === TIER_OF[lab.sandbox?.kind ?? 'none']
        ? []
        : [`${id} is of the tier ${tier}, for which there is no sandbox`]
    }),
    ...differences(text),
  ]
}

const TIER_OF = { none: 'static', docker: 'sandbox', kubernetes: 'cluster' } as const

const readText = async (folder: string, language: Language): Promise<LabText> => {
  const file = join(folder, `text.${language}.yaml`)
  const source = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new LabError(`${relative(process.cwd(), file)} is missing`)
    throw cause
  })
  const parsed = labTextSchema.safeParse(parse(source, { merge: true }))
  if (parsed.success) return parsed.data
  throw new LabError(`${relative(process.cwd(), file)}:\n${z.prettifyError(parsed.error)}`)
}

const folders = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw cause
  })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** The text files below a folder by their relative path; empty when there is no such folder. */
const readTree = async (folder: string): Promise<LabFolder> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw cause
  })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Object.fromEntries(await Promise.all(files.map(async (file) => [relative(folder, file), await readFile(file, 'utf8')] as const)))
}

const readTrees = async (folder: string): Promise<Record<string, LabFolder>> =>
  Object.fromEntries(await Promise.all((await folders(folder)).map(async (name) => [name, await readTree(join(folder, name))] as const)))

const mapValues = <A, B>(record: Readonly<Record<string, A>>, change: (value: A, key: string) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
