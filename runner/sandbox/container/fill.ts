import { WORK } from './program.ts'

export interface DiskFilling {
  readonly leaveKiB: number
  /** The largest file that may be made. */
  readonly fileKiB: number
}

const FILLED = `${WORK}/.filled`

/** Files of so many KiB at most, until no more is left than is to be left. */
const FILL = [
  `mkdir -p ${FILLED}; i=0`,
  `while left=$(df -k --output=avail ${WORK} | tail -n 1) && n=$((left - $1)) && [ "$n" -gt 0 ]; do`,
  `  [ "$n" -gt "$2" ] && n=$2; fallocate -l "$n"KiB ${FILLED}/$i || break; i=$((i + 1))`,
  'done',
].join('\n')

export const fillDiskCommand = ({ leaveKiB, fileKiB }: DiskFilling): readonly string[] => [
  '/bin/sh',
  '-c',
  FILL,
  'sh',
  String(leaveKiB),
  String(fileKiB),
]

/** Gives back what `fillDiskCommand` took. */
export const FREE_DISK: readonly string[] = ['/bin/rm', '-rf', FILLED]

/** `tail` keeps a line that does not end, which is all of it; when stdin is closed it lets go. */
const TAKE = '(head -c "$1" /dev/zero; echo filled >&2; exec cat) | tail > /dev/null'

/** Takes so many bytes of memory, says `filled` on stderr, and gives them back when its stdin ends. */
export const takeMemoryCommand = (bytes: number): readonly string[] => ['/bin/sh', '-c', TAKE, 'sh', String(bytes)]
