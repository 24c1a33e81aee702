/** The address of a sandbox's nth service: every sandbox of this machine has its own range of loopback addresses. */
export const addressOf = (slot: number, service: number): string => `127.${64 + (slot >> 8)}.${slot & 255}.${service}`

/** The content of /etc/hosts. */
export const toHosts = (hosts: ReadonlyMap<string, string>): string =>
  ['127.0.0.1 localhost', '::1 localhost', ...[...hosts].map(([name, address]) => `${address} ${name}`), ''].join('\n')

/**
 * Values whose URLs name a service, with its address in the name's place. A plain process looks names up where the whole machine
 * does, so a name that stands anywhere else does not resolve there.
 */
export const namesInto = (env: Readonly<Record<string, string>> = {}, hosts: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).map(([key, value]) => [
      key,
      value.replace(/(:\/\/(?:[^/@\s]*@)?)([\w.-]+)/g, (all, before: string, name: string) =>
        hosts.has(name) ? before + hosts.get(name) : all,
      ),
    ]),
  )
