import { config } from '@vscode/l10n'
import 'monaco-yaml/yaml.worker.js'
import { JAPANESE } from './japanese.ts'

// A worker has one language for its life: that by which it was named.
if (self.name === 'ja') config({ contents: JAPANESE })
