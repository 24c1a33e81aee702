import { describe, expect, it } from 'vitest'
import { type Machine, planInstall, planPackages } from '../../../runner/engine/install-plan.ts'

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'
const machine = (more: Partial<Machine> = {}, programs: readonly string[] = ['apt-get']): Machine => ({
  platform: 'linux',
  osRelease: DEBIAN,
  root: true,
  systemd: false,
  appArmor: false,
  has: (program) => programs.includes(program),
  ...more,
})

describe('the plan to install an engine', () => {
  it('on a bare Debian takes the distribution’s packages and starts the daemon in a session of its own', () => {
    expect(planInstall(machine())).toEqual({
      possible: true,
      says: "installing Debian GNU/Linux 12 (bookworm)'s own docker.io, iptables, mmdebstrap with apt-get and starting the Docker daemon (about half a minute)",
      packages: ['docker.io', 'iptables', 'mmdebstrap'],
      install: [
        ['apt-get', 'update', '-q'],
        ['apt-get', 'install', '-q', '-y', '--no-install-recommends', 'docker.io', 'iptables', 'mmdebstrap'],
      ],
      start: { command: ['dockerd'], detached: true },
    })
  })

  it('with systemd leaves the daemon to systemd', () => {
    expect(planInstall(machine({ systemd: true }))).toMatchObject({ start: { command: ['systemctl', 'start', 'docker'], detached: false } })
  })

  it('takes the parser of AppArmor along where the kernel enforces it', () => {
    expect(planInstall(machine({ appArmor: true }))).toMatchObject({ packages: ['docker.io', 'iptables', 'mmdebstrap', 'apparmor'] })
  })

  it('only starts a daemon that is installed', () => {
    const plan = planInstall(machine({}, ['apt-get', 'dockerd', 'iptables', 'mmdebstrap']))
    expect(plan).toMatchObject({ packages: [], install: [], says: 'starting the Docker daemon, which is installed but not running' })
  })

  it('works on Ubuntu and on what is made from Debian', () => {
    for (const osRelease of ['ID=ubuntu\nID_LIKE=debian\n', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n']) {
      expect(planInstall(machine({ osRelease }))).toMatchObject({ possible: true })
    }
  })

  it('without root names the command for somebody who has it', () => {
    expect(planInstall(machine({ root: false }))).toEqual({
      possible: false,
      because: 'installing a container engine needs root',
      fix: 'Run: sudo apt-get install docker.io iptables mmdebstrap && sudo usermod -aG docker "$USER" (then log in again)',
    })
  })

  it('elsewhere leaves it to the person', () => {
    expect(planInstall(machine({ osRelease: 'PRETTY_NAME="Fedora Linux 44"\nID=fedora\n' }))).toMatchObject({
      possible: false,
      because: 'Hatoba installs a container engine on Debian and Ubuntu only; this is Fedora Linux 44',
    })
    expect(planInstall(machine({ platform: 'darwin', osRelease: '' }))).toMatchObject({ possible: false })
  })
})

describe('a plan for single packages', () => {
  it('holds what is missing only, and nothing where it cannot be installed', () => {
    const wanted = [['chromium', 'chromium']] as const
    expect(planPackages(machine(), wanted).at(-1)).toEqual(['apt-get', 'install', '-q', '-y', '--no-install-recommends', 'chromium'])
    expect(planPackages(machine({}, ['apt-get', 'chromium']), wanted)).toEqual([])
    expect(planPackages(machine({ root: false }), wanted)).toEqual([])
  })
})
