import { unified } from '@astrojs/markdown-remark'
import mdx from '@astrojs/mdx'
import preact from '@astrojs/preact'
import starlight from '@astrojs/starlight'
import { defineConfig } from 'astro/config'
import remarkCjkFriendly from 'remark-cjk-friendly'
import remarkCjkFriendlyGfmStrikethrough from 'remark-cjk-friendly-gfm-strikethrough'
import starlightLinksValidator from 'starlight-links-validator'
import { rehypeTables } from './src/lib/rehype-tables.ts'

const own = (name: string): string => `./src/components/${name}.astro`

export default defineConfig({
  trailingSlash: 'always',
  // The default eats the blank between two inline elements on different lines.
  compressHTML: true,
  devToolbar: { enabled: false },
  markdown: {
    // The default engine prints the asterisks of bold Japanese; smart punctuation would turn `--flag` into a dash.
    processor: unified({
      remarkPlugins: [remarkCjkFriendly, remarkCjkFriendlyGfmStrikethrough],
      rehypePlugins: [rehypeTables],
      smartypants: false,
    }),
  },
  integrations: [
    // Starlight would add a site map, which needs an address; this site has whatever address it is served at.
    { name: '@astrojs/sitemap', hooks: {} },
    starlight({
      title: 'Hatoba',
      defaultLocale: 'en',
      locales: { en: { label: 'English', lang: 'en' }, ja: { label: '日本語', lang: 'ja' } },
      head: [
        {
          tag: 'script',
          // A browser drops what it is loading when the machine's networks change, as they do when containers come and go.
          content: `addEventListener('error', ({ target }) => {
  if (!(target instanceof HTMLScriptElement) || !target.src) return
  const tries = Number(sessionStorage.getItem('hatoba.reloads') ?? 0)
  sessionStorage.setItem('hatoba.reloads', tries + 1)
  if (tries < 3) setTimeout(() => location.reload(), 500)
}, true)
addEventListener('load', () => setTimeout(() => sessionStorage.removeItem('hatoba.reloads'), 5000))`,
        },
      ],
      favicon: '/favicon.svg',
      customCss: ['./src/styles/theme.css', './src/styles/page.css', './src/styles/workspace.css', './src/styles/run.css'],
      components: {
        Header: own('Header'),
        PageFrame: own('PageFrame'),
        TwoColumnContent: own('LessonSplit'),
        PageTitle: own('PageTitle'),
        Footer: own('Footer'),
        Search: own('Search'),
      },
      // Lessons are ordered by content/tracks.yaml and reached from their track; the pages carry no side bar.
      disable404Route: true,
      sidebar: [{ label: 'Hatoba', link: '/' }],
      pagination: false,
      tableOfContents: false,
      credits: false,
      lastUpdated: false,
      routeMiddleware: './src/route-data.ts',
      markdown: { processedDirs: ['../content/'] },
      // Beside the workspace there is little room: a line that wraps is read, one that has to be scrolled to is not.
      expressiveCode: { styleOverrides: { borderRadius: '4px' }, defaultProps: { wrap: true } },
      plugins: [starlightLinksValidator({ errorOnLocalLinks: false, exclude: ({ link }) => /^\/(en|ja)\/([\w-]+\/)?$/.test(link) })],
    }),
    mdx(),
    preact(),
  ],
  vite: {
    build: {
      assetsInlineLimit: 0,
      rolldownOptions: {
        onLog: (level, log, handle) => {
          // Said of every MDX page about a directive of Astro's own, which has done its work by then.
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
        },
      },
    },
  },
})
