import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The licences of what is bundled must travel with the bundle (MIT and OFL both ask for it). */
function bundledLicences(): Plugin {
  const notices: Record<string, string> = {
    'licences/svelte.txt': 'node_modules/svelte/LICENSE.md',
    'licences/bricolage-grotesque.txt': 'node_modules/@fontsource-variable/bricolage-grotesque/LICENSE',
    'licences/instrument-sans.txt': 'node_modules/@fontsource-variable/instrument-sans/LICENSE',
  };
  return {
    name: 'bundled-licences',
    apply: 'build',
    generateBundle() {
      for (const [fileName, from] of Object.entries(notices)) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(here(from)) });
      }
    },
  };
}

const backend = process.env.CONTRAFACT_DEV_SERVER ?? 'http://127.0.0.1:5199';

export default defineConfig({
  plugins: [svelte(), bundledLicences()],
  build: {
    outDir: here('../src/contrafact/service/static'),
    emptyOutDir: true,
    // Fonts stay files: the service's content policy allows fonts from 'self' only, not from data: addresses.
    assetsInlineLimit: 0,
    target: 'es2022',
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': backend, '/healthz': backend } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0]);
