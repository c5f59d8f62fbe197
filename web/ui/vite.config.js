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
    // A few files that pages share, not one for each set of pages that do: each is another request.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', test: /ui.src.*\.jsx?$/, minShareCount: 3 }] } } },
  },
});
