import { discoverEngine } from '../engine/discover.ts'
import { readEnvironment } from '../environment.ts'
import { imagesOf } from '../images/needed.ts'
import { Complaint } from './complaint.ts'
import { command } from './flags.ts'
import { interruption } from './interruption.ts'
import { missingImages, prepareImages } from './prepare-images.ts'

/** `hatoba images`: the lab images that the engine holds, building what is missing. */
export const imagesCommand = command({
  meta: { name: 'images', description: 'Build the lab images that are missing' },
  args: {
    check: { type: 'boolean', description: 'build nothing; exit 1 if an image is missing' },
  },
  run: async ({ args }) => {
    using interrupted = interruption({ ending: 'stopping the build' })
    const environment = readEnvironment()
    const { engine } = await discoverEngine(environment, interrupted)
    if (engine === undefined) throw new Complaint('There is no container engine to hold images.', '`hatoba doctor` shows how to get one.')
    const { loadCatalogue } = await import('../../labs/kit/catalogue.ts')
    const names = imagesOf((await loadCatalogue()).labs.map(({ lab }) => lab))
    if (!args.check) await prepareImages(engine, names, { environment, installing: 'yes', signal: interrupted.signal })
    const missing = await missingImages(engine, names)
    console.log(missing.length === 0 ? 'All lab images are there.' : `Missing: ${missing.join(', ')}.`)
    if (missing.length > 0) process.exitCode = 1
  },
})
