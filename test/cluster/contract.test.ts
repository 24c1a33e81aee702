import { expect } from 'vitest'
import { connectApi } from '../../runner/sandbox/kubernetes/api.ts'
import { POD_GAPS } from '../../runner/sandbox/kubernetes/pods/gaps.ts'
import { openPods } from '../../runner/sandbox/kubernetes/pods/index.ts'
import { describeDriver, type Subject } from '../contract/driver.ts'
import { ground, missing } from './ground.ts'

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string }
  }[]
}

const instance = `contract-${process.pid}`

const open = async (): Promise<Subject> => {
  if ('because' in ground) throw new Error(missing)
  const driver = await openPods({ instance, kubeconfig: ground.kubeconfig })
  const api = connectApi({ kubeconfig: ground.kubeconfig })
  const named = async (path: string, ending: boolean): Promise<readonly string[]> => {
    const { items } = (await api.call({ path, query: { labelSelector: `hatoba.dev/instance=${instance}` } })).body as Listed
    // What waits prepared is nobody's sandbox; what the cluster is removing nobody can use.
    return items
      .filter(({ metadata }) => ending || (metadata.deletionTimestamp === undefined && metadata.labels?.['hatoba.dev/state'] !== 'ready'))
      .map(({ metadata }) => metadata.name)
  }
  const left = async (ending = false): Promise<readonly string[]> =>
    (
      await Promise.all(
        ['namespaces', 'namespaces/hatoba-learners/pods', 'namespaces/hatoba-learners/serviceaccounts'].map((what) =>
          named(`/api/v1/${what}`, ending),
        ),
      )
    ).flat()
  return {
    driver,
    left,
    end: async () => {
      await driver[Symbol.asyncDispose]()
      expect(await left(true), 'nothing is left in the end').toEqual([])
      await api.close()
    },
  }
}

describeDriver('pods', open, { gaps: POD_GAPS, because: missing })
