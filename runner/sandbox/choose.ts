import type { Localized } from '../../labs/kit/finding.ts'
import { type FoundEngine, toAddress } from '../engine/endpoint.ts'
import type { SandboxDriver } from './contract.ts'
import { instanceOf } from './instance.ts'

export interface Choosing {
  readonly environment: { readonly HATOBA_DOCKER_RUNTIME?: string | undefined; readonly PATH: string }
  /** The data folder: tells one installation's sandboxes from another's. */
  readonly data: string
  /** A command that grades beside a running server has sandboxes of its own; the server's sweep leaves them alone. */
  readonly besideServer?: boolean
  /** Keep started containers in hand, which pays for itself from the second grading on. Unless told, a server does. */
  readonly warm?: boolean | undefined
  /** The engine that answered, if any did. */
  readonly engine?: FoundEngine
  /** Why there is none, as the end of a sentence. */
  readonly because?: Localized
}

export interface Choice {
  readonly driver: SandboxDriver
  /** What is not isolated, for the terminal and every page. Absent when nothing is to be warned of. */
  readonly banner?: Localized
}

/** The strongest driver that can work here: containers where an engine answered, else processes of this machine with a banner. */
export const chooseDriver = async ({
  environment,
  data,
  besideServer = false,
  warm = !besideServer,
  engine,
  because,
}: Choosing): Promise<Choice> => {
  if (engine !== undefined) {
    const runtime = environment.HATOBA_DOCKER_RUNTIME
    const options = {
      ...toAddress(engine.endpoint),
      instance: instanceOf(data, { besideServer }),
      ...(runtime === undefined ? {} : { runtime }),
    }
    if (!warm) return { driver: (await import('./docker/driver.ts')).dockerDriver(options) }
    return { driver: (await import('./docker/pooled.ts')).pooledDocker(options) }
  }
  const { localDriver } = await import('./local/driver.ts')
  const driver = await localDriver({ environment })
  return { driver, banner: bannerOf(driver.isolation, because) }
}

const bannerOf = (isolation: SandboxDriver['isolation'], because: Localized = NO_ENGINE): Localized =>
  isolation === 'namespaces'
    ? {
        en: `Without a container engine (${because.en}): labs run as processes of this machine in bubblewrap. They have their own files, processes and network, but memory and disk are not limited. Run only code that you trust.`,
        ja: `コンテナエンジンなしで動作しています (${because.ja})。演習はこのマシンのプロセスとして bubblewrap の中で実行されます。ファイル・プロセス・ネットワークは分かれていますが、メモリとディスクは制限されません。信頼できるコードだけを実行してください。`,
      }
    : {
        en: `Without a container engine (${because.en}): labs run as plain processes of this machine. They can read this account's files, see its other processes and use its network, and memory, processes and disk are not limited. Run only code that you trust.`,
        ja: `コンテナエンジンなしで動作しています (${because.ja})。演習はこのマシンの通常のプロセスとして実行されます。このアカウントのファイルを読み、ほかのプロセスを見て、ネットワークを使えます。メモリ・プロセス数・ディスクも制限されません。信頼できるコードだけを実行してください。`,
      }

const NO_ENGINE: Localized = { en: 'none answered', ja: '応答するエンジンがありません' }
