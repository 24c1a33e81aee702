import type { KubernetesDriverOptions, OpenKubernetesDriver } from './driver.ts'

/** The driver for Kubernetes. Its client library is loaded now and not before: half a second and some 90 MiB. */
export const openKubernetes = async (options: KubernetesDriverOptions): Promise<OpenKubernetesDriver> => {
  const { kubernetesDriver } = await import('./driver.ts')
  return kubernetesDriver(options)
}
