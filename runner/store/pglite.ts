import { fsyncSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

type Init = Parameters<NodeFS['init']>
interface EmscriptenModule {
  NODEFS: { stream_ops: { fsync?: (stream: { nfd?: number }) => number } }
}

/**
 * PGlite's file system never calls fsync, so a commit would survive a crash of the process but not of the machine. This one
 * hands PostgreSQL's fsync through to the kernel. It reaches into Emscripten: PGlite's version is pinned, and a test
 * counts the flushes.
 */
class DurableFiles extends NodeFS {
  flushes = 0

  override async init(...[lite, options]: Init): ReturnType<NodeFS['init']> {
    const made = await super.init(lite, options)
    const hook = (module: EmscriptenModule): void => {
      module.NODEFS.stream_ops.fsync = ({ nfd }) => {
        if (nfd !== undefined) {
          fsyncSync(nfd)
          this.flushes += 1
        }
        return 0
      }
    }
    const preRun = (made.emscriptenOpts.preRun ?? []) as unknown[]
    preRun.unshift(hook)
    return { ...made, emscriptenOpts: { ...made.emscriptenOpts, preRun: preRun as NonNullable<typeof made.emscriptenOpts.preRun> } }
  }
}

/** `-F` turns fsync off; PGlite's fdatasync does nothing, so the log must be flushed with fsync. */
const startParams = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'fsync=on',
  '-c',
  'wal_sync_method=fsync',
  // Statements are prepared once. Nobody gathers statistics here, so a plan made while tables were small must suit large ones.
  '-c',
  'plan_cache_mode=force_generic_plan',
  '-c',
  'enable_seqscan=off',
  // What it keeps of its tables is in our own memory, and what it has not checkpointed is played again at the next start.
  '-c',
  'shared_buffers=16MB',
  '-c',
  'min_wal_size=32MB',
  '-c',
  'max_wal_size=64MB',
]

export interface Lite {
  readonly lite: PGlite
  /** How many times data was flushed to the disk since it was opened. */
  flushes(): number
}

/** Opens the embedded PostgreSQL in a folder of its own, with commits that survive a power cut. */
export const openLite = async (folder: string): Promise<Lite> => {
  const files = new DurableFiles(folder)
  const lite = await PGlite.create({ fs: files, startParams })
  return { lite, flushes: () => files.flushes }
}
