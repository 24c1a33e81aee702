import type { Socket } from 'node:net'
import type { Container } from 'dockerode'
import { Fault } from '../../fault.ts'
import type { LimitName } from '../contract.ts'
import { WORK } from './container.ts'
import { demux } from './demux.ts'
import type { Engine } from './engine.ts'
import { runInside } from './processes.ts'

const FILLED = `${WORK}/.filled`

/** Files of so many KiB at most, until no more is left than is to be left. */
const FILL_DISK = [
  `mkdir -p ${FILLED}; i=0`,
  `while left=$(df -k --output=avail ${WORK} | tail -n 1) && n=$((left - $1)) && [ "$n" -gt 0 ]; do`,
  `  [ "$n" -gt "$2" ] && n=$2; fallocate -l "$n"KiB ${FILLED}/$i || break; i=$((i + 1))`,
  'done',
].join('\n')

/** Takes what is left of the disk of a container; undoes it when called. */
export const fillDisk = async (
  engine: Engine,
  container: Container,
  { leaveKiB, fileKiB }: { readonly leaveKiB: number; readonly fileKiB: number },
): Promise<() => Promise<void>> => {
  const done = await runInside(engine, container, ['/bin/sh', '-c', FILL_DISK, 'sh', String(leaveKiB), String(fileKiB)])
  if (done === undefined) throw new Fault('lab.broken', 'A service that has ended cannot have its disk filled.')
  return async () => {
    await runInside(engine, container, ['/bin/rm', '-rf', FILLED])
  }
}

/** `tail` keeps a line that does not end, which is all of it; when stdin is closed it lets go. */
const TAKE_MEMORY = '(head -c "$1" /dev/zero; echo filled >&2; exec cat) | tail > /dev/null'

/** Takes so many bytes of the memory of a container; gives them back when called. */
export const takeMemory = async (engine: Engine, container: Container, bytes: number): Promise<() => Promise<void>> => {
  const socket = await engine.unless([404, 409], 'fill the memory of a container', async () => {
    const Cmd = ['/bin/sh', '-c', TAKE_MEMORY, 'sh', String(bytes)]
    const exec = await container.exec({ Cmd, AttachStdin: true, AttachStdout: true, AttachStderr: true })
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

/** What a running container stands at: the processes it was refused, and the room in its working directory. */
const LOOK = [
  '/bin/sh',
  '-c',
  [
    'for file in /sys/fs/cgroup/pids/pids.events /sys/fs/cgroup/pids.events; do',
    '  while read -r what times; do [ "$what" = max ] && [ "$times" -gt 0 ] && echo pids; done < "$file"',
    'done 2> /dev/null',
    `[ "$(df -k --output=avail ${WORK} | tail -n 1)" -lt 8 ] && echo disk`,
  ].join('\n'),
]

/** Limits that a container has met, as far as its kernel tells; nothing when it has ended. */
export const exhaustedIn = async (engine: Engine, container: Container): Promise<readonly LimitName[]> =>
  ((await runInside(engine, container, LOOK)) ?? '')
    .split('\n')
    .filter((line): line is 'pids' | 'disk' => line === 'pids' || line === 'disk')
