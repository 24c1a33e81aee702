import { acceptable, containerOf, manifestsIn } from '../../kit/cluster/index.ts'
import { type Answer, fail, kubernetes, lab, pass } from '../../kit/index.ts'
import { obstacle } from './builds.ts'
import { asked, filterOf, saidBy, taintText } from './explain.ts'
import { FILES, FLEET, fileOf, fleetIn, imagesIn, WORKLOADS } from './given.ts'
import { type Landing, observe } from './observe.ts'
import { filterTable, type Known, landingTable, misplacedIn } from './seen.ts'

const REASONS = { TaintToleration: 'taint', NodeAffinity: 'selector', NodeResourcesFit: 'room' } as const
const list = (words: readonly string[]): string => [...new Set(words)].join(', ')

export default lab({
  id: 'eks-mixed-fleet',
  minutes: 25,
  seconds: 420,
  files: FILES,
  sandbox: kubernetes({
    allows: ['apps/v1 Deployment', 'v1 Pod'],
    needs: ['fake-nodes'],
    // Nothing of it runs: it is as much as the nodes that are played have.
    limits: { pods: 24, cpus: 24, memoryMiB: 65_536 },
  }),
  observe,
  checks: {
    manifests: acceptable({
      objects: Object.fromEntries(WORKLOADS.map((workload) => [`Deployment/${workload}`, fileOf(workload)])),
      reserved: WORKLOADS.map((workload) => `Pod/without-${workload}`),
    }),
    given: {
      tier: 'static',
      needs: ['manifests'],
      run: ({ files }) => {
        const images = imagesIn(files)
        for (const manifest of manifestsIn(files, WORKLOADS.map(fileOf))) {
          const workload = WORKLOADS.find((name) => manifest.title === `Deployment/${name}`)
          if (workload === undefined) continue
          const { image, copies } = images[workload]
          const { replicas = 1 } = manifest.value['spec'] as { replicas?: number }
          const values = { workload, image, copies }
          if (containerOf(manifest)['image'] !== image)
            return fail('image', values, { at: manifest.at(['spec', 'template', 'spec', 'containers', 0, 'image']) })
          if (replicas !== copies) return fail('copies', values, { at: manifest.at(['spec', 'replicas']) })
        }
        return pass({ workloads: WORKLOADS.length })
      },
    },
    accepted: { tier: 'cluster', run: () => pass() },
    placed: { tier: 'cluster', run: ({ seen, files }) => placedAnswer(seen, { images: imagesIn(files), ...fleetIn(files) }) },
    lands: {
      tier: 'cluster',
      needs: ['placed'],
      run: ({ seen, files }) => {
        const known = { images: imagesIn(files), ...fleetIn(files) }
        const all = [...seen.copies, ...seen.strays]
        const [wrong] = misplacedIn(all, known)
        const evidence = [landingTable(all, known)]
        if (wrong === undefined) return pass({ copies: seen.copies.length }, { evidence })
        const { workload, node: name = '' } = wrong.copy
        const { system } = known.images[workload]
        return fail(
          wrong.because,
          {
            workload,
            node: name,
            imageOs: system.os,
            imageBuild: system.build ?? '-',
            nodeOs: wrong.node?.system.os ?? '-',
            nodeBuild: wrong.node?.system.build ?? '-',
            spare: seen.strays.includes(wrong.copy) ? 'yes' : 'no',
          },
          { evidence },
        )
      },
    },
    says: {
      tier: 'cluster',
      needs: ['lands'],
      run: ({ seen, files }) => {
        const images = imagesIn(files)
        for (const { workload, os } of seen.copies) {
          const wanted = images[workload].system.os
          if (os === wanted || (os === undefined && wanted === 'linux')) continue
          return fail(os === undefined ? 'unsaid' : 'other', { workload, wanted, os: os ?? '' }, { at: { file: fileOf(workload) } })
        }
        return pass()
      },
    },
  },
  mistakes: {
    'linux-fields': 'manifests',
    'os-not-said': 'accepted',
    'no-toleration': 'placed',
    'class-not-there': 'placed',
    'asks-for-the-machine': 'placed',
    'by-os-only': 'lands',
    'any-node': 'lands',
  },
})

/** Whether every copy was made and has a node; else what keeps the first that has none from those that could start it. */
const placedAnswer = ({ copies, refused }: Landing, known: Known): Answer => {
  const [missing] = WORKLOADS.filter((workload) => refused[workload] !== undefined)
  if (missing !== undefined) {
    const message = refused[missing] ?? ''
    const as = message === '' ? 'unmade' : 'forbidden'
    return fail(as, { workload: missing, message, copies: known.images[missing].copies }, { at: { file: fileOf(missing) } })
  }
  const waiting = copies.filter(({ node }) => node === undefined)
  const [first] = waiting
  if (first === undefined) return pass({ copies: copies.length }, { evidence: [landingTable(copies, known)] })
  const { workload, spec, message = '' } = first
  const right = known.nodes.filter(
    ({ groups, system }) => groups.includes(FLEET) && obstacle(known.images[workload].system, system) === undefined,
  )
  const [filter] = right.flatMap((node) => filterOf(spec, node) ?? [])
  const reason = filter !== undefined ? REASONS[filter] : message.includes('Insufficient') ? 'room' : 'other'
  return fail(
    reason,
    {
      workload,
      waiting: waiting.filter((copy) => copy.workload === workload).length,
      copies: known.images[workload].copies,
      nodes: list(right.map(({ name }) => name)),
      taints: list(right.flatMap(({ taints }) => taints.map(taintText))),
      cpu: asked(spec, 'cpu'),
      memory: asked(spec, 'memory'),
      room: list(right.map(({ allocatable }) => `${allocatable['cpu']}, ${allocatable['memory']}`)),
      message: saidBy(message),
    },
    { at: { file: fileOf(workload) }, evidence: [filterTable(first, known), landingTable(copies, known)] },
  )
}
