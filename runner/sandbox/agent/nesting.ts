/**
 * What a container needs so that its agent may make namespaces inside it ("agent nest"). Docker's default filter and masks
 * forbid that; this is the smallest loosening, and it is for the agent's own process only: it runs no program there, and what
 * it runs inside its namespaces is below the filter of `runner/images/agent/walls.h`, without capabilities, behind masks of
 * its own. No program of a learner is ever under the filter below alone.
 *
 * @module
 */

/** Refused to the agent itself: what neither it nor the making of namespaces needs, and what has let containers be left before. */
const REFUSED = [
  ...['acct', 'add_key', 'bpf', 'chroot', 'clock_settime', 'clock_settime64', 'create_module', 'delete_module', 'fanotify_init'],
  ...['finit_module', 'fsconfig', 'fsmount', 'fsopen', 'fspick', 'get_kernel_syms', 'get_mempolicy', 'init_module', 'io_uring_enter'],
  ...['io_uring_register', 'io_uring_setup', 'ioperm', 'iopl', 'kcmp', 'kexec_file_load', 'kexec_load', 'keyctl', 'lookup_dcookie'],
  ...['mbind', 'migrate_pages', 'modify_ldt', 'move_mount', 'move_pages', 'name_to_handle_at', 'nfsservctl', 'open_by_handle_at'],
  ...['open_tree', 'perf_event_open', 'personality', 'pidfd_getfd', 'process_madvise', 'process_vm_readv', 'process_vm_writev', 'ptrace'],
  ...['query_module', 'quotactl', 'quotactl_fd', 'reboot', 'request_key', 'set_mempolicy', 'setdomainname', 'setns', 'settimeofday'],
  ...[
    'stime',
    'swapoff',
    'swapon',
    'syslog',
    'sysfs',
    'unshare',
    'uselib',
    'userfaultfd',
    'ustat',
    'vhangup',
    'vm86',
    'vm86old',
    '_sysctl',
  ],
] as const

const EPERM = 1
const ENOSYS = 38

export interface NestingSecurity {
  readonly SecurityOpt: string[]
  readonly MaskedPaths: string[]
  readonly ReadonlyPaths: string[]
}

/**
 * The fields of a container request that differ from every other container of ours. `apparmor`: whether the engine's host
 * has AppArmor, whose default profile forbids every mount. Pure.
 */
export const nestingSecurity = ({ apparmor = false }: { readonly apparmor?: boolean } = {}): NestingSecurity => ({
  SecurityOpt: ['no-new-privileges', `seccomp=${JSON.stringify(PROFILE)}`, ...(apparmor ? ['apparmor=unconfined'] : [])],
  // A new /proc can be mounted only where the old one is whole; the agent masks the new one.
  MaskedPaths: [],
  ReadonlyPaths: [],
})

const PROFILE = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [
    { names: REFUSED, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  ],
}
