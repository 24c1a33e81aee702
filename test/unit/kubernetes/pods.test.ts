import { describe, expect, it } from 'vitest'
import { toPod } from '../../../runner/sandbox/kubernetes/pods/pod.ts'
import { toUse } from '../../../runner/sandbox/kubernetes/pods/use.ts'
import { DEFAULT_LIMITS } from '../../../runner/sandbox/limits.ts'

const spec = {
  name: 'web-1',
  hostname: 'web',
  image: 'hatoba/node:1-pod',
  command: ['sh'],
  limits: { ...DEFAULT_LIMITS, memoryMiB: 64, cpus: 0.5, diskMiB: 8 },
  names: true,
  seconds: 90,
  again: false,
}

describe('the Pod request', () => {
  it('is the whole security posture', () => {
    expect(toPod(spec, { nodesApart: false })).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', labels: { 'hatoba.dev/name': 'web' } },
      spec: {
        hostname: 'web',
        activeDeadlineSeconds: 90,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 1,
        dnsPolicy: 'ClusterFirst',
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10001,
          runAsGroup: 10001,
          fsGroup: 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        containers: [
          {
            name: 'main',
            image: 'hatoba/node:1-pod',
            imagePullPolicy: 'IfNotPresent',
            command: ['sh'],
            workingDir: '/work',
            stdin: true,
            stdinOnce: true,
            resources: {
              requests: { cpu: '25m', memory: '64Mi', 'ephemeral-storage': '256Mi' },
              limits: { cpu: '500m', memory: '64Mi', 'ephemeral-storage': '256Mi' },
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              privileged: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [
              { name: 'work', mountPath: '/work' },
              { name: 'tmp', mountPath: '/tmp' },
              { name: 'shm', mountPath: '/dev/shm' },
            ],
          },
        ],
        volumes: [
          { name: 'work', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
          { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
          { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
        ],
      },
    })
  })

  it('stays off the control plane where there are nodes enough', () => {
    const { affinity } = toPod(spec, { nodesApart: true }).spec
    expect(affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'DoesNotExist' }] },
    ])
  })

  it('asks nobody for names where there is no network', () => {
    expect(toPod({ ...spec, names: false }, { nodesApart: false }).spec).toMatchObject({
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['127.0.0.1'] },
    })
  })
})

describe('what a container uses', () => {
  it('is read from either version of the control groups', () => {
    expect(toUse('memory 3000\ninactive_file 1000\nusage_usec 2500000\n')).toEqual({ bytes: 2000, cpuSeconds: 2.5 })
    expect(toUse('memory 3000\ninactive_file 1\ntotal_inactive_file 500\nusage_nsec 1500000000\n')).toEqual({
      bytes: 2500,
      cpuSeconds: 1.5,
    })
  })

  it('is nothing where nothing was told', () => {
    expect(toUse('')).toEqual({ bytes: 0, cpuSeconds: 0 })
  })
})
