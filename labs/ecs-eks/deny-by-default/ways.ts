/** Where somebody asks from, or is asked at. `outside`: a Pod of another namespace. */
export type Place = 'front' | 'api' | 'store' | 'newsletter' | 'debug' | 'outside'
export type Check = 'allowed' | 'arrivals' | 'departures' | 'name-server'

/** One connection to try, and whether the task wants it to come about. */
export interface Way {
  readonly id: string
  readonly from: Place
  readonly to: Place | 'kube-dns'
  readonly port: number
  /** By the Pod's own address, or by the one of its Service. */
  readonly by: 'Pod' | 'Service'
  readonly wanted: boolean
  readonly check: Check
}

export const PODS = ['front', 'api', 'store', 'newsletter', 'debug'] as const
export const SERVICES = ['front', 'api', 'store'] as const
/** Who asks for names. */
export const ASKERS = ['front', 'api', 'store'] as const
export const PORT = 8080

const way = (
  check: Check,
  from: Place,
  to: Way['to'],
  { port = PORT, by = 'Pod' }: { readonly port?: number; readonly by?: Way['by'] } = {},
): Way => ({ id: `${from} ${to} ${port} ${by}`, from, to, port, by, wanted: check === 'allowed', check })

/** Shut by the other team's own policy. Where it is open, the learner's policies open it, or nobody enforces any at the moment. */
export const SENTINEL = way('arrivals', 'outside', 'newsletter', { port: 8082 })

/**
 * Every connection that is tried. The newsletter and the world outside may go anywhere, so whether they arrive is decided by whom they go
 * to; the newsletter and the front take anybody, so whether one arrives there is decided by whom it comes from.
 */
export const WAYS: readonly Way[] = [
  way('allowed', 'outside', 'front'),
  ...(['Pod', 'Service'] as const).flatMap((by) => [way('allowed', 'front', 'api', { by }), way('allowed', 'api', 'store', { by })]),
  ...ASKERS.map((from) => way('allowed', from, 'kube-dns', { port: 53, by: 'Service' })),
  ...(['newsletter', 'outside'] as const).flatMap((from) => [
    way('arrivals', from, 'api'),
    way('arrivals', from, 'store'),
    way('arrivals', from, 'debug'),
  ]),
  way('arrivals', 'newsletter', 'store', { by: 'Service' }),
  way('arrivals', 'front', 'store'),
  SENTINEL,
  ...(['front', 'api', 'store', 'debug'] as const).map((from) => way('departures', from, 'newsletter')),
  ...(['api', 'store', 'debug'] as const).map((from) => way('departures', from, 'front')),
  ...ASKERS.map((from) => way('name-server', from, 'newsletter', { port: 53 })),
]
