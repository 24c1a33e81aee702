/** Where a program works. */
export const WORK = '/work'

/** What every program finds in its environment. */
export const ENVIRONMENT = {
  HOME: WORK,
  LANG: 'C.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONHASHSEED: '0',
  TZ: 'UTC',
}

/**
 * The command that unpacks files which arrive on stdin into the working directory and then *becomes* the program: `exec`
 * leaves no shell behind, so that the program is PID 1. A tmpfs exists only once the container runs, and its root cannot be
 * written, so there is no other moment at which files could be put there.
 */
export const unpackThen = (archiveBytes: number, command: readonly string[]): readonly string[] => [
  '/bin/sh',
  '-c',
  `head -c ${archiveBytes} | tar -xf - -C ${WORK} && exec "$@"`,
  'sh',
  ...command,
]

/** The command of a container that is started before anybody knows what it will run: it waits, and then becomes that. */
export const becomeWhenTold: readonly string[] = ['/bin/sh', '-c', 'read -r n && eval "$(head -c "$n")"']

interface Telling {
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** What makes a waiting container become what `spec` says, with its variables, and then hands it `input`; stdin ends after it. Pure. */
export const toTelling = ({ command, env = {} }: Telling, input: Uint8Array = new Uint8Array()): Buffer => {
  const words = ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...command]
  const script = Buffer.from(`exec ${words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')}`)
  return Buffer.concat([Buffer.from(`${script.length}\n`), script, input])
}

/** Debian's libfaketime; the loader replaces `$LIB` by the folder of the processor. */
export const toClock = (aheadSeconds: number) => ({
  LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1',
  FAKETIME: `${aheadSeconds < 0 ? '' : '+'}${aheadSeconds}`,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
  FAKETIME_DISABLE_SHM: '1',
})
