import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installAgent } from '../../runner/images/agent/install.ts'
import { ensureImages } from '../../runner/images/ensure.ts'
import { connectEngine, DEFAULT_HOST } from '../../runner/sandbox/docker/engine.ts'

/** The engine of this machine. */
export const engine = connectEngine({ host: DEFAULT_HOST })

/** Why these tests cannot run here, printed as well; undefined when an engine answers. They are counted as skipped, so they are defined all the same. */
export const whyNot = async (what: string): Promise<string | undefined> => {
  const because = await engine
    .call('answer', (docker) => docker.version(), { seconds: 5 })
    .then(
      () => undefined,
      (fault: Error) => fault.message,
    )
  if (because !== undefined) console.log(`skipped: ${what}, because ${because}`)
  return because
}

/** How long the images may take where they have to be made first. */
export const IMAGES_MS = 600_000

/** The image that the tests use, made when it is not there. */
export const imageWithAgent = async (): Promise<string> =>
  installAgent(engine, (await ensureImages(engine, ['node'])).node, { data: join(tmpdir(), 'hatoba-test-agent') })
