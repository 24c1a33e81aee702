import * as monaco from 'monaco-editor/editor'
import { configureMonacoYaml, type MonacoYaml, type MonacoYamlOptions } from 'monaco-yaml'
import type { Language } from '../../../labs/kit/finding.ts'
import { fetched } from './fetched.ts'
import { loadSchema } from './schema.ts'
import { syntaxInJapanese } from './syntax.ts'
import workerAddress from './yaml.worker.ts?worker&url'

export interface ManifestHelp {
  setLanguage(language: Language): void
  /** Takes back its marks and ends its worker. */
  dispose(): void
}

/**
 * Fetches what help with manifests needs; what it returns gives completion, hover and markers to every YAML file that is open.
 * There may be one at a time.
 */
export const loadHelp = async (kinds: readonly string[]): Promise<(language: Language) => ManifestHelp> => {
  // A worker whose script was dropped on the way cannot be told from one that thinks; from the browser's store it comes for sure.
  const [schemaIn] = await Promise.all([loadSchema(kinds), fetched(workerAddress)])
  return (first) => {
    let language = first
    const options = (): MonacoYamlOptions => ({
      schemas: [{ uri: 'hatoba:manifest', fileMatch: ['*'], schema: schemaIn(language) }],
      hoverSchemaSource: false,
      hoverAnchor: false,
      format: { enable: false },
    })
    // Its types have lost what it inherits.
    const yaml = configureMonacoYaml(
      withWorker({
        make: () => new Worker(workerAddress, { type: 'module', name: language }),
        say: (message) => (language === 'ja' ? syntaxInJapanese(message) : message),
      }),
      options(),
    ) as MonacoYaml & monaco.IDisposable
    return {
      setLanguage: (next) => {
        if (next === language) return
        language = next
        void yaml.update(options())
      },
      dispose: () => yaml.dispose(),
    }
  }
}

type MonacoForYaml = Parameters<typeof configureMonacoYaml>[0]

/** monaco-yaml 5.5 names its worker's module and hands over its options; since 0.55, Monaco takes a worker that is already made. */
const withWorker = ({ make, say }: { readonly make: () => Worker; readonly say: (message: string) => string }): MonacoForYaml => {
  const createWebWorker = ({ createData }: { readonly createData: unknown }) => {
    const worker = make()
    // The first message only wakes monaco-yaml's side, the second is its options.
    worker.postMessage('options follow')
    worker.postMessage(createData)
    return monaco.editor.createWebWorker({ worker })
  }
  const setModelMarkers: typeof monaco.editor.setModelMarkers = (model, owner, markers) =>
    monaco.editor.setModelMarkers(
      model,
      owner,
      markers.map((marker) => ({ ...toOurs(marker), message: say(marker.message) })),
    )
  return { ...monaco, editor: { ...monaco.editor, createWebWorker, setModelMarkers } } as unknown as MonacoForYaml
}

/** What an API server would refuse is an error. Where a mark comes from is an address of ours and a number, which tell nobody anything. */
const toOurs = ({ source: _, code: __, ...marker }: monaco.editor.IMarkerData): monaco.editor.IMarkerData => ({
  ...marker,
  severity: marker.severity === monaco.MarkerSeverity.Warning ? monaco.MarkerSeverity.Error : marker.severity,
})
