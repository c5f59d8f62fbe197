// Builds the page into web/static, which the server offers under /static/.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/static/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../static',
    emptyOutDir: true,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The page's CSP allows no inline code, and data: addresses for images only.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // What several pages need is one script: many small ones compress badly, and a page may have so much and no more.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: /ui\/src/, minShareCount: 3 }] } } },
  },
});
