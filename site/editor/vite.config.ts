import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/**
 * The editor is a bundle of its own: Astro would put its style sheet into the head of every page that may load it later.
 * Output goes to `public/editor/`, where the pages find `editor.js` under a fixed name.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/editor/',
  publicDir: false,
  logLevel: 'warn',
  worker: { format: 'es' },
  resolve: {
    alias: [
      // monaco-yaml still names Monaco's files by the addresses that they had before 0.56.
      { find: /^monaco-editor\/esm\/vs\//, replacement: 'monaco-editor/' },
      { find: /^prettier\/.*/, replacement: fileURLToPath(new URL('manifests/no-formatter.ts', import.meta.url)) },
    ],
  },
  build: {
    outDir: '../public/editor',
    emptyOutDir: true,
    chunkSizeWarningLimit: 5000,
    rolldownOptions: {
      input: fileURLToPath(new URL('entry.ts', import.meta.url)),
      preserveEntrySignatures: 'strict',
      checks: { pluginTimings: false },
      output: { entryFileNames: 'editor.js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name]-[hash][extname]' },
    },
  },
})
