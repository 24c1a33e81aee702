import { existsSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { loadCatalogue } from '../../labs/kit/catalogue.ts'
import { CHECKOUT } from '../environment.ts'
import { Complaint } from './complaint.ts'
import { command } from './flags.ts'

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** `hatoba lab new`: a lab begins as a copy of one that grades right, so that it can be verified from its first minute. */
export const newCommand = command({
  meta: { name: 'new', description: 'Begin a lab as a copy of one that works' },
  args: {
    place: { type: 'positional', description: 'where it will stand: TRACK/ID', valueHint: 'track/id', required: true },
    like: { type: 'string', default: 'hello', description: 'the lab to copy', valueHint: 'id' },
  },
  run: async ({ args }) => {
    const [track = '', id = '', ...more] = args.place.split('/')
    if (more.length > 0 || !NAME.test(track) || !NAME.test(id))
      throw new Complaint(
        `${args.place} is no place for a lab.`,
        'Name a track and an id in small letters: `hatoba lab new operability/my-lab`.',
      )
    const catalogue = await loadCatalogue({ only: [args.like, id] })
    const model = catalogue.find(args.like)
    if (model === undefined) throw new Complaint(`There is no lab ${args.like}.`, '`hatoba lab list` shows them.')
    const folder = join(CHECKOUT, 'labs', track, id)
    if (existsSync(folder) || catalogue.find(id) !== undefined)
      throw new Complaint(`A lab ${id} exists already.`, 'Choose another id: it is unique in all tracks.')
    await cp(model.folder, folder, { recursive: true })
    const file = join(folder, 'lab.ts')
    await writeFile(file, (await readFile(file, 'utf8')).replace(`id: '${args.like}'`, `id: '${id}'`))
    console.log(
      [
        `${relative(process.cwd(), folder)} is a copy of ${args.like}. What to do with it:`,
        '  1. starter/, solution/, alternatives/, mistakes/   what a learner gets, and the answers',
        '  2. lab.ts                                          what is done to an answer, and what is asked about it',
        '  3. text.en.yaml, text.ja.yaml                      every sentence',
        `  4. ./hatoba lab verify --watch ${id}`,
        'CONTRIBUTING.md has the first fifteen minutes, docs/authoring.md what other labs have taught.',
      ].join('\n'),
    )
  },
})
