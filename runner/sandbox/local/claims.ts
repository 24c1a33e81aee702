import { appendFile, lstat, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nanoid } from 'nanoid'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import { type Identified, isAlive, membersOf, startTimeOf } from './processes.ts'

/** Sandboxes that this machine may hold at once. */
const SLOTS = 2048
/** A claim whose owner wrote nothing for so long was never completed. */
const UNCLAIMED_AFTER_MS = 60_000

const Owner = z.object({
  /** Tells this claim from a later one of the same number. */
  token: z.string(),
  pid: z.int(),
  startTime: z.string(),
  submission: z.string(),
  createdAt: z.number(),
  deadlineAt: z.number(),
})

/** A place of its own for one sandbox: a folder, and a number no other living sandbox of this machine has. */
export interface Claim {
  readonly slot: number
  readonly folder: string
  /** Ends every process and removes the folder; nothing happens when a sweep did it already. */
  drop(): Promise<void>
  /** Remembers a process, so that a sweep after our death can end it. */
  remember(process: Identified): Promise<void>
}

/** The folder that holds this account's sandboxes. Throws `Fault` when somebody else made it. */
export const claimsFolder = async (): Promise<string> => {
  const folder = join(tmpdir(), `hatoba-local-${process.getuid?.() ?? 0}`)
  await mkdir(folder, { mode: 0o711 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw new Fault('engine.failed', `${folder} cannot be made`, { cause })
  })
  const found = await lstat(folder)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Fault('engine.failed', `${folder} belongs to somebody else`)
  }
  return folder
}

/** Takes the first free number. Making the folder is the claim: of two processes only one succeeds. */
export const takeClaim = async (
  base: string,
  { submission, deadlineSeconds }: { readonly submission: string; readonly deadlineSeconds: number },
): Promise<Claim> => {
  const slot = await firstFree(base)
  const folder = join(base, String(slot))
  const now = Date.now()
  const owner: z.infer<typeof Owner> = {
    token: nanoid(),
    pid: process.pid,
    startTime: startTimeOf(process.pid) ?? '',
    submission,
    createdAt: now,
    deadlineAt: now + deadlineSeconds * 1000,
  }
  await writeFile(join(folder, 'owner.json'), JSON.stringify(owner))
  return {
    slot,
    folder,
    drop: async () => {
      if ((await ownerOf(folder))?.token === owner.token) await dropFolder(folder)
    },
    remember: ({ pid, startTime }) => appendFile(join(folder, 'processes'), `${pid} ${startTime}\n`),
  }
}

const firstFree = async (base: string): Promise<number> => {
  for (let slot = 0; slot < SLOTS; slot += 1) {
    try {
      await mkdir(join(base, String(slot)), { mode: 0o711 })
      return slot
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code !== 'EEXIST') throw new Fault('engine.failed', `no folder for a sandbox can be made in ${base}`, { cause })
    }
  }
  throw new Fault('engine.failed', `${SLOTS} sandboxes exist already in ${base}`)
}

const dropFolder = async (claimed: string): Promise<void> => {
  // Renamed first: from then on the number can be claimed again, and what is removed is certainly this one.
  const folder = `${claimed}.${nanoid()}`
  await rename(claimed, folder)
  for (const remembered of await processesOf(folder)) {
    if (isAlive(remembered)) kill(remembered.pid)
    // The kernel gives a number to nobody else while a session bears it, so whoever has it now is proof that ours is gone.
    else if (startTimeOf(remembered.pid) !== undefined) continue
    // A leader may be gone while its children live on in its session.
    for (const pid of await membersOf({ kind: 'session', of: remembered.pid })) kill(pid)
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
}

const ownerOf = async (folder: string): Promise<z.infer<typeof Owner> | undefined> => {
  try {
    return Owner.parse(JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')))
  } catch {
    return undefined
  }
}

const processesOf = async (folder: string): Promise<readonly Identified[]> => {
  const text = await readFile(join(folder, 'processes'), 'utf8').catch(() => '')
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([pid]) => Number(pid) > 1)
    .map(([pid, startTime = '']) => ({ pid: Number(pid), startTime }))
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Removes the claims of dead owners made before `olderThan`, and those past their deadline whoever holds them. */
export const sweepClaims = async (base: string, olderThan: Date): Promise<number> => {
  let swept = 0
  for (const name of await readdir(base)) {
    const folder = join(base, name)
    if (!(await isDue(folder, olderThan))) continue
    // Another runner's sweep may have been here a moment before.
    swept += await dropFolder(folder).then(
      () => 1,
      () => 0,
    )
  }
  return swept
}

const isDue = async (folder: string, olderThan: Date): Promise<boolean> => {
  const owner = await ownerOf(folder)
  if (owner) return owner.deadlineAt <= Date.now() || (!isAlive(owner) && owner.createdAt < olderThan.getTime())
  const made = await stat(folder).catch(() => undefined)
  return made !== undefined && Date.now() - made.mtimeMs > UNCLAIMED_AFTER_MS
}
