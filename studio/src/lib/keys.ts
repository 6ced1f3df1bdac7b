/** Which shortcut a key press is, if it is one where it was pressed. */

export type Shortcut = 'none' | 'toggle' | 'compare' | 'back' | 'on' | 'mute' | 'words' | 'help';

const WISHES: Readonly<Record<string, Shortcut>> = {
  ' ': 'toggle', b: 'compare', ArrowLeft: 'back', ArrowRight: 'on', m: 'mute', '/': 'words', '?': 'help',
};

interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented: boolean;
  target: EventTarget | null;
}

interface Place {
  tagName?: string;
  type?: string;
  isContentEditable?: boolean;
}

/**
 * @param press the key event
 * @param dialogOpen whether the help lies over the page: then only its own key works
 */
export function shortcut(press: Press, dialogOpen: boolean): Shortcut {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey) return 'none';
  const wish = WISHES[press.key.length === 1 ? press.key.toLowerCase() : press.key] ?? 'none';
  if (dialogOpen) return wish === 'help' ? wish : 'none';
  const place = (press.target ?? {}) as Place;
  const tag = place.tagName?.toLowerCase() ?? '';
  const type = place.type ?? '';
  const range = tag === 'input' && type === 'range';
  const tick = tag === 'input' && (type === 'checkbox' || type === 'radio');
  if (place.isContentEditable || tag === 'textarea' || tag === 'select' || (tag === 'input' && !range && !tick)) return 'none';
  // The space bar belongs to the control that has the focus; the arrows move a slider by our step, except the volume.
  if (wish === 'toggle' && (tag === 'button' || tag === 'a' || tick)) return 'none';
  if ((wish === 'back' || wish === 'on') && range && (press.target as HTMLInputElement).dataset?.keys === 'own') return 'none';
  return wish;
}
