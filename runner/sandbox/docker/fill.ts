import type { Socket } from 'node:net'
import type { Container } from 'dockerode'
import { Fault } from '../../fault.ts'
import { type DiskFilling, FREE_DISK, fillDiskCommand, takeMemoryCommand } from '../container/fill.ts'
import { LOOK_AT_LIMITS, toMet } from '../container/look.ts'
import type { LimitName } from '../contract.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'
import { runInside } from './processes.ts'

/** Takes what is left of the disk of a container; undoes it when called. */
export const fillDisk = async (engine: Engine, container: Container, filling: DiskFilling): Promise<() => Promise<void>> => {
  const done = await runInside(engine, container, fillDiskCommand(filling))
  if (done === undefined) throw new Fault('lab.broken', 'A service that has ended cannot have its disk filled.')
  return async () => {
    await runInside(engine, container, FREE_DISK)
  }
}

/** Takes so many bytes of the memory of a container; gives them back when called. */
export const takeMemory = async (engine: Engine, container: Container, bytes: number): Promise<() => Promise<void>> => {
  const socket = await engine.unless([404, 409], 'fill the memory of a container', async () => {
    const exec = await container.exec({ Cmd: [...takeMemoryCommand(bytes)], AttachStdin: true, AttachStdout: true, AttachStderr: true })
    return (await exec.start({ hijack: true, stdin: true })) as unknown as Socket
  })
  if (!socket) throw new Fault('lab.broken', 'A service that has ended cannot have its memory filled.')
  socket.on('error', () => {})
  const said = demux(socket)
  const first = await engine.call('fill the memory of a container', () => said.next())
  if (first.done || !/filled/.test(first.value.bytes.toString())) {
    socket.destroy()
    throw new Fault('sandbox.impossible', 'The memory of a container could not be filled: the kernel ended what was to hold it.')
  }
  return async () => {
    socket.end()
    await engine.call('free the memory of a container', () => said.next())
    socket.destroy()
  }
}

/** Limits that a container has met, as far as its kernel tells; nothing when it has ended. */
export const exhaustedIn = async (engine: Engine, container: Container): Promise<readonly LimitName[]> =>
  toMet((await runInside(engine, container, LOOK_AT_LIMITS)) ?? '')
