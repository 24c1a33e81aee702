/** What a container uses, as its control group tells it, by either version of the kernel's interface. */
export const READ_USE: readonly string[] = [
  '/bin/sh',
  '-c',
  [
    'cd /sys/fs/cgroup',
    'sed "s/^/memory /" memory.current memory/memory.usage_in_bytes',
    'grep -hE "^(total_)?inactive_file " memory.stat memory/memory.stat',
    'grep -h "^usage_usec " cpu.stat',
    'sed "s/^/usage_nsec /" cpuacct/cpuacct.usage',
    'true',
  ].join('\n'),
]

/** The lines of `READ_USE`. What the kernel could take back at once is not counted. Pure. */
export const toUse = (text: string): { readonly bytes: number; readonly cpuSeconds: number } => {
  const told = new Map(text.split('\n').map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1] ?? 0)] as const))
  const of = (name: string): number => told.get(name) ?? 0
  // The first version tells of the group alone and, as `total_`, of those below it too.
  const inactive = told.get('total_inactive_file') ?? of('inactive_file')
  return { bytes: of('memory') - inactive, cpuSeconds: of('usage_usec') / 1e6 + of('usage_nsec') / 1e9 }
}
