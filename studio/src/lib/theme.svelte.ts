/** Light, dark, or as the system says; kept per browser. `public/theme.js` applies it before the first paint. */

export type Theme = 'system' | 'light' | 'dark';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];
const STORED = 'contrafact.theme';

export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // Storage may be blocked; settings then last for this page only.
  }
}

export function keepSetting(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // As above.
  }
}

class ThemeChoice {
  theme = $state<Theme>('system');
  /** Counts changes of the colours in use, so that canvases know when to draw again. */
  revision = $state(0);

  constructor() {
    const stored = readSetting(STORED);
    if (stored === 'light' || stored === 'dark') this.theme = stored;
    globalThis.matchMedia?.('(prefers-color-scheme: dark)').addEventListener('change', () => (this.revision += 1));
  }

  next(): void {
    this.theme = ORDER[(ORDER.indexOf(this.theme) + 1) % ORDER.length]!;
    keepSetting(STORED, this.theme);
    if (this.theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
    this.revision += 1;
  }
}

export const themeChoice = new ThemeChoice();
