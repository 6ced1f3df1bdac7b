/** The flat lineage of a remix as a tree. */

import type { LineageNode } from './api';

export interface Branch {
  node: LineageNode;
  children: Branch[];
}

/**
 * Build the tree. A node whose parent is not in the list stands at the top; the same party may stand under two nodes; a
 * loop in the data ends where it would begin again.
 */
export function lineageTree(nodes: readonly LineageNode[]): Branch[] {
  const ids = new Set(nodes.map((node) => node.id));
  const under = new Map<string, LineageNode[]>();
  for (const node of nodes) {
    const parent = node.parent !== null && ids.has(node.parent) && node.parent !== node.id ? node.parent : '';
    under.set(parent, [...(under.get(parent) ?? []), node]);
  }
  const grow = (node: LineageNode, above: ReadonlySet<string>): Branch => {
    const path = new Set(above).add(node.id);
    const children = (under.get(node.id) ?? []).filter((child) => !path.has(child.id));
    return { node, children: children.map((child) => grow(child, path)) };
  };
  return (under.get('') ?? []).map((node) => grow(node, new Set()));
}
