import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type CatalogueLab, type LabFolder, loadCatalogue, seedFor, solutionFor } from '../../labs/kit/catalogue.ts'
import type { Language, Verdict } from '../../labs/kit/finding.ts'
import { Complaint } from './complaint.ts'
import { PLACE_ARGS } from './driver-name.ts'
import { command } from './flags.ts'
import { gradeOnce } from './grade-once.ts'
import { openForLabs } from './open-for-labs.ts'
import { printVerdict } from './print-verdict.ts'

export const checkCommand = command({
  meta: { name: 'check', description: 'Grade one set of files; exit 0 passed, 1 failed, 2 any other verdict' },
  args: {
    id: { type: 'positional', description: 'the lab', required: true },
    with: {
      type: 'string',
      default: 'starter',
      description: 'starter, solution, solution:VARIATION, alternative:NAME, mistake:NAME, or a folder',
    },
    ...PLACE_ARGS,
    language: { type: 'string', default: 'en', description: 'en or ja' },
    seed: { type: 'string', description: 'which learner; unless given, the first whom the files are about' },
    json: { type: 'boolean', description: 'the whole verdict as JSON' },
  },
  run: async ({ args }) => {
    const catalogue = await loadCatalogue({ only: [args.id] })
    const lab = catalogue.find(args.id)
    if (lab === undefined) throw new Complaint(`There is no lab ${args.id}.`, '`hatoba lab list` shows them.')
    const seed = args.seed === undefined ? seedFor(lab, 1, args.with.split(':', 2)[1]) : seedOf(args.seed)
    const files = await filesFor(lab, args.with, seed)
    await using opened = await openForLabs({ driver: args.driver, kubeconfig: args.kubeconfig, labs: [lab] })
    const verdict = await gradeOnce(lab, files, { ...opened, seed })
    if (args.json) console.log(JSON.stringify(verdict, null, 2))
    else printVerdict(lab, verdict, languageOf(args.language))
    process.exitCode = exitCodeOf(verdict)
  },
})

const exitCodeOf = ({ outcome }: Verdict): number => (outcome === 'passed' ? 0 : outcome === 'failed' ? 1 : 2)

const languageOf = (given: string): Language => {
  if (given === 'en' || given === 'ja') return given
  throw new Complaint(`There is no language ${given}.`, 'Use --language en or --language ja.')
}

const seedOf = (given: string): number => {
  if (/^\d{1,9}$/.test(given)) return Number(given)
  throw new Complaint(`${given} is no seed.`, 'Use a whole number, for example --seed 7.')
}

/** The files that `--with` names, complete; the solution is that of the learner with this seed. */
export const filesFor = async (lab: CatalogueLab, source: string, seed: number): Promise<LabFolder> => {
  if (source === 'starter') return lab.starter
  if (source === 'solution') return solutionFor(lab, seed)
  const [kind, name] = source.split(':', 2)
  const named = { mistake: lab.mistakes, alternative: lab.alternatives, solution: lab.solutions }[kind ?? '']
  if (named === undefined) return { ...lab.starter, ...(await ownFiles(lab, source)) }
  const files = name === undefined ? undefined : named[name]
  if (files === undefined) throw new Complaint(`${lab.lab.id} has no ${source}.`, `It has: ${Object.keys(named).join(', ') || 'none'}.`)
  return files
}

const ownFiles = async (lab: CatalogueLab, folder: string): Promise<LabFolder> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => {
    throw new Complaint(`${folder} is not a folder that can be read.`, 'Give --with a folder that holds the files of the lab.')
  })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  const known = paths.filter((path) => lab.lab.files[path] !== undefined)
  if (known.length === 0)
    throw new Complaint(`${folder} holds no file of ${lab.lab.id}.`, `It needs: ${Object.keys(lab.lab.files).join(', ')}.`)
  return Object.fromEntries(await Promise.all(known.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)))
}
