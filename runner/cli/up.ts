import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { CHECKOUT, inheritedEnvironment, readEnvironment } from '../environment.ts'
import { imagesOf } from '../images/needed.ts'
import { clusterFor } from './cluster-for.ts'
import { Complaint } from './complaint.ts'
import { DRIVER_HELP, driverOf } from './driver-name.ts'
import { portTaken } from './failures.ts'
import { command, portOf } from './flags.ts'
import { interruption } from './interruption.ts'
import { prepareDriver } from './prepare.ts'

import { isTerminal, say } from './terminal.ts'

/** Room that the store needs to work at all. */
const NEEDED_MIB = 200

/** `hatoba up`: everything from a bare machine to a page on which a submission can be graded. */
export const upCommand = command({
  meta: { name: 'up', description: 'Start Hatoba' },
  args: {
    host: { type: 'string', description: 'address to listen on (HATOBA_HOST, 127.0.0.1)', valueHint: 'address' },
    port: { type: 'string', description: 'port to listen on, 0 for a free one (HATOBA_PORT, 4270)', valueHint: 'number' },
    data: { type: 'string', description: 'folder that keeps everything (HATOBA_DATA, .hatoba)', valueHint: 'folder' },
    driver: { type: 'string', description: DRIVER_HELP },
    kind: { type: 'boolean', description: 'make a Kubernetes cluster with kind, or wake the one there is' },
    'node-image': { type: 'string', description: 'image of its nodes (HATOBA_KIND_NODE_IMAGE); the one kind knows', valueHint: 'image' },
    yes: { type: 'boolean', description: 'install what is missing without asking' },
    install: {
      type: 'boolean',
      default: true,
      description: 'install a container engine where none is',
      negativeDescription: 'install nothing',
    },
    open: { type: 'boolean', default: true, description: 'show the page in a browser', negativeDescription: 'open no browser' },
  },
  run: async ({ args }) => {
    const environment = readEnvironment()
    const host = args.host ?? environment.HATOBA_HOST
    const port = args.port === undefined ? environment.HATOBA_PORT : portOf(args.port)
    const data = args.data === undefined ? environment.HATOBA_DATA : resolve(args.data)
    using interrupted = interruption({ ending: 'stopping: running checks go back into the line, sandboxes are removed' })
    await useDataFolder(data)
    await checkPort(host, port)

    const { loadCatalogue } = await import('../../labs/kit/catalogue.ts')
    const catalogue = await loadCatalogue()
    const only = args.driver === undefined ? undefined : driverOf(args.driver)
    const makeCluster = async (): Promise<void> =>
      (await import('./prepare-kind.ts')).prepareKind({
        environment,
        data,
        nodeImage: args['node-image'],
        install: args.install,
        signal: interrupted.signal,
      })
    const { driver, banner } = await prepareDriver({
      environment,
      images: imagesOf(catalogue.labs.map(({ lab }) => lab)),
      data,
      installing: args.install ? (args.yes || environment.CI ? 'yes' : 'ask') : 'no',
      signal: interrupted.signal,
      ...(only === undefined ? {} : { only }),
      ...(args.kind ? { makeCluster } : {}),
    })
    if (banner) say(banner.en)
    if (args.kind && only !== 'kubernetes') await makeCluster()
    await using _inHand = { [Symbol.asyncDispose]: async () => driver[Symbol.asyncDispose]?.() }
    await using cluster = clusterFor({ environment, data })

    const { startServer } = await import('../server.ts')
    await using server = await startServer({
      host,
      port,
      data,
      driver,
      cluster,
      ...(banner ? { banner } : {}),
      catalogue,
      siteFolder: join(CHECKOUT, 'site', 'dist'),
      log: pino({ level: 'info' }, pino.destination({ dest: join(data, 'logs', 'server.log'), mkdir: true, sync: true })),
      ...(environment.HATOBA_DATABASE_URL === undefined ? {} : { databaseUrl: environment.HATOBA_DATABASE_URL }),
    })
    await server.ready
    process.stdout.write(`Hatoba is ready at ${server.url}\n`)
    if (args.open) openBrowser(server.url)
    await interrupted.asked
  },
})

/** Makes the data folder and sees that there is room, before anything slow begins. */
const useDataFolder = async (data: string): Promise<void> => {
  try {
    await mkdir(join(data, 'logs'), { recursive: true, mode: 0o700 })
    await access(data, constants.W_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw cause
    throw new Complaint(`The data folder ${data} cannot be written (${code}).`, 'Choose another with --data.')
  }
  const { bavail, bsize } = await statfs(data)
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20)
  if (freeMiB < NEEDED_MIB) {
    throw new Complaint(
      `The disk of the data folder ${data} is full: ${freeMiB} MiB are free.`,
      `Free at least ${NEEDED_MIB} MiB, or choose another with --data.`,
    )
  }
}

/** Learns early that a port is taken; the server finds out again when it listens, if that changes meanwhile. */
const checkPort = (host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? portTaken(host, port) : error))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()))
  })

/** Where somebody sits before a desktop. Elsewhere the printed address is enough. */
const openBrowser = (url: string): void => {
  const { DISPLAY, WAYLAND_DISPLAY } = inheritedEnvironment()
  const program = process.platform === 'darwin' ? '/usr/bin/open' : DISPLAY || WAYLAND_DISPLAY ? '/usr/bin/xdg-open' : undefined
  if (program === undefined || !isTerminal() || !existsSync(program)) return
  spawn(program, [url], { detached: true, stdio: 'ignore' })
    .on('error', () => {})
    .unref()
}
