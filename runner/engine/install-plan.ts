/** One program and its arguments, as it would be run. */
export type Command = readonly [program: string, ...args: string[]]

/** What is known about this machine, read beforehand so that the plan itself is pure. */
export interface Machine {
  readonly platform: string
  /** The content of /etc/os-release. */
  readonly osRelease: string
  readonly root: boolean
  /** Whether systemd runs this machine. */
  readonly systemd: boolean
  /** Whether the kernel enforces AppArmor: then the engine cannot start containers without its parser. */
  readonly appArmor: boolean
  /** Whether a program of this name is on the PATH. */
  has(program: string): boolean
}

export type InstallPlan =
  | {
      readonly possible: true
      /** One line: what will be done. */
      readonly says: string
      readonly packages: readonly string[]
      /** Run one after another; each must succeed. */
      readonly install: readonly Command[]
      /** Starts the daemon when installing did not. `detached` keeps running in a session of its own. */
      readonly start: { readonly command: Command; readonly detached: boolean }
    }
  | { readonly possible: false; readonly because: string; readonly fix: string }

/** The programs that the engine and the images need, and the packages that hold them. */
const NEEDED = [
  ['dockerd', 'docker.io'],
  ['iptables', 'iptables'],
  ['mmdebstrap', 'mmdebstrap'],
] as const

const APPARMOR = ['apparmor_parser', 'apparmor'] as const

/** How a container engine would be put on this machine, or why that cannot be done here. */
export const planInstall = (machine: Machine): InstallPlan => {
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(machine.osRelease)?.[1] ?? machine.platform
  if (machine.platform !== 'linux' || !isDebian(machine.osRelease) || !machine.has('apt-get')) {
    return {
      possible: false,
      because: `Hatoba installs a container engine on Debian and Ubuntu only; this is ${name}`,
      fix: 'Install Docker Engine or Podman the way this system does it, then run `hatoba up` again.',
    }
  }
  const needed = machine.appArmor ? [...NEEDED, APPARMOR] : NEEDED
  const packages = needed.filter(([program]) => !machine.has(program)).map(([, held]) => held)
  if (!machine.root) {
    return {
      possible: false,
      because: 'installing a container engine needs root',
      fix: `Run: sudo apt-get install ${(packages.length > 0 ? packages : ['docker.io']).join(' ')} && sudo usermod -aG docker "$USER" (then log in again)`,
    }
  }
  const start = machine.systemd
    ? { command: ['systemctl', 'start', 'docker'] as const, detached: false }
    : { command: ['dockerd'] as const, detached: true }
  return {
    possible: true,
    packages,
    says:
      packages.length > 0
        ? `installing ${name}'s own ${packages.join(', ')} with apt-get and starting the Docker daemon (about half a minute)`
        : 'starting the Docker daemon, which is installed but not running',
    install: toAptGet(packages),
    start,
  }
}

/** The commands that install what is missing of these; none when nothing is, or when this machine cannot. */
export const planPackages = (
  machine: Machine,
  wanted: readonly (readonly [program: string, packageName: string])[],
): readonly Command[] => {
  if (!machine.root || !isDebian(machine.osRelease) || !machine.has('apt-get')) return []
  return toAptGet(wanted.filter(([program]) => !machine.has(program)).map(([, held]) => held))
}

const toAptGet = (packages: readonly string[]): readonly Command[] =>
  packages.length === 0
    ? []
    : [
        ['apt-get', 'update', '-q'],
        ['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...packages],
      ]

/** Debian, Ubuntu and what is made from them. */
export const isDebian = (osRelease: string): boolean => /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease)
