import type { PodsDriver, PodsDriverOptions } from './driver.ts'

/** The driver that runs sandboxes as Pods. Its client library is loaded now and not before. */
export const openPods = async (options: PodsDriverOptions): Promise<PodsDriver> => {
  const { podsDriver } = await import('./driver.ts')
  return podsDriver(options)
}
