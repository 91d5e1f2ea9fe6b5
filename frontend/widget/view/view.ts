/**
 * As much of Preact as the panel uses, under the same names, in a fifth of its size; the build puts
 * it in Preact's place. Left out: class components, contexts, error boundaries, server rendering,
 * events that are not in lower case. Put in: a component is drawn again when a signal that it has
 * read changes, and has no other state.
 */
import { type Hook, queueWork, runEffects, runLayoutEffects, stopHooks, using } from "./hooks";
import { leave, type Watcher, watch } from "./signals";

export * from "./hooks";

export type Child = Node | string | number | bigint | boolean | null | undefined | Child[];
type Props = Record<string, unknown>;
type View = (props: never) => Child;

/** What a piece of JSX has become. */
export interface Node {
  type: string | View;
  props: Props;
  key: unknown;
}

/** A place on the page, and what stands there. */
export interface Spot {
  node: Node | string | null;
  /** Of elements and texts; what a component stands for is in its children. */
  dom: Element | Text | null;
  children: Spot[];
  /** What it stands in; `null` for the root, whose element is given. */
  parent: Spot | null;
  depth: number;
  svg: boolean;
  hooks: Hook[];
  /** Of a component: draws it again when a signal that it has read changes. */
  watcher: Watcher;
  /** It has to be drawn again. */
  stale: boolean;
  gone: boolean;
}

export const Fragment = ({ children }: { children?: Child }): Child => children;
export const jsx = (type: Node["type"], props: Props, key?: unknown): Node => ({
  type,
  props,
  key,
});
export { jsx as jsxDEV, jsx as jsxs };

function spotIn(parent: Spot | null): Spot {
  const spot: Spot = {
    node: null,
    dom: null,
    children: [],
    parent,
    depth: parent ? parent.depth + 1 : 0,
    svg: parent?.svg ?? false,
    hooks: [],
    watcher: { run: () => redraw(spot), read: new Set() },
    stale: false,
    gone: false,
  };
  return spot;
}

/** Draw something into an empty element. */
export function render(child: Child, element: Element): void {
  const root = spotIn(null);
  root.dom = element;
  fill(root, [child]);
  place(root);
  runLayoutEffects();
}

// One list as the child of an element is its children; a list beside others keeps to itself.
const list = (child: Child): Child[] => (Array.isArray(child) ? child : [child]);

const normal = (child: Child): Node | string | null =>
  child === null || child === undefined || typeof child === "boolean"
    ? null
    : Array.isArray(child)
      ? { type: Fragment as View, props: { children: child }, key: undefined }
      : typeof child === "object"
        ? child
        : String(child);

const keyOf = (node: Spot["node"]): unknown => (node as Node | null)?.key;
const typeOf = (node: Spot["node"]): unknown => (typeof node === "string" ? "" : node?.type);

/** Bring the children of a spot to what they should be, keeping what can be kept. */
function fill(spot: Spot, wanted: Child[]): void {
  const before = spot.children;
  const keyed = new Map<unknown, Spot>();
  for (const child of before) {
    const key = keyOf(child.node);
    if (key !== undefined) keyed.set(key, child);
  }
  const kept = new Set<Spot>();
  spot.children = wanted.map((child, index) => {
    const node = normal(child);
    const key = keyOf(node);
    let found = key === undefined ? before[index] : keyed.get(key);
    if (
      !found ||
      kept.has(found) ||
      keyOf(found.node) !== key ||
      typeOf(found.node) !== typeOf(node)
    )
      found = spotIn(spot);
    kept.add(found);
    draw(found, node);
    return found;
  });
  for (const child of before) if (!kept.has(child)) remove(child, true);
}

/** Make a spot show the node, which is of the kind that it has shown, or its first. */
function draw(spot: Spot, node: Spot["node"]): void {
  const before = spot.node;
  if (node === before && !spot.stale) return;
  spot.node = node;
  spot.stale = false;
  if (node === null) return;
  if (typeof node === "string") {
    if (!spot.dom) spot.dom = document.createTextNode(node);
    else if (before !== node) (spot.dom as Text).data = node;
    return;
  }
  const { type, props } = node;
  if (typeof type === "function") {
    fill(spot, list(watch(spot.watcher, () => using(spot, () => type(props as never)))));
    queueWork(spot);
    return;
  }
  spot.svg ||= type === "svg";
  const namespace = `http://www.w3.org/${spot.svg ? "2000/svg" : "1999/xhtml"}`;
  spot.dom ??= document.createElementNS(namespace, type);
  const dom = spot.dom as Element;
  const past = (before as Node | null)?.props ?? {};
  fill(spot, list(props.children as Child));
  place(spot);
  for (const name in past) if (!(name in props)) set(dom, name, undefined, past[name]);
  for (const name in props) set(dom, name, props[name], past[name]);
}

function set(dom: Element, name: string, value: unknown, past: unknown): void {
  if (name === "children") return;
  if (name === "ref") {
    if (value) (value as { current: unknown }).current = dom;
  } else if (name === "value") {
    // What somebody has typed is there already.
    const field = dom as HTMLInputElement;
    if (field.value !== value) field.value = (value as string) ?? "";
  } else if (value === past) {
    return;
  } else if (name === "style") {
    Object.assign((dom as HTMLElement).style, value);
  } else if (name.startsWith("on")) {
    const event = name.slice(2).toLowerCase();
    if (past) dom.removeEventListener(event, past as EventListener);
    if (value) dom.addEventListener(event, value as EventListener);
  } else if (value === undefined || value === null || (value === false && name[4] !== "-")) {
    dom.removeAttribute(name);
  } else {
    // `aria-` attributes say true and false, the others are there or not.
    dom.setAttribute(name, value === true && name[4] !== "-" ? "" : String(value));
  }
}

/** The elements and texts that stand for these spots, in order. */
function* standing(spots: Spot[]): Generator<Element | Text> {
  for (const spot of spots) {
    if (spot.dom) yield spot.dom;
    else yield* standing(spot.children);
  }
}

/** Put what stands in an element in order, moving only what is not in its place. */
function place(spot: Spot): void {
  const dom = spot.dom as Element;
  let next = dom.firstChild;
  for (const child of standing(spot.children)) {
    if (child === next) next = next.nextSibling;
    else dom.insertBefore(child, next);
  }
}

/** End a spot and all that is in it; the outermost elements leave the page. */
function remove(spot: Spot, outermost: boolean): void {
  spot.gone = true;
  stopHooks(spot);
  leave(spot.watcher);
  const ref = (spot.node as Node | null)?.props?.ref as { current: unknown } | undefined;
  if (ref && spot.dom) ref.current = null;
  for (const child of spot.children) remove(child, outermost && !spot.dom);
  if (outermost) spot.dom?.remove();
}

const stale = new Set<Spot>();

/** Draw a component again, together with all others that ask for it now. */
function redraw(spot: Spot): void {
  spot.stale = true;
  if (stale.size === 0) queueMicrotask(drawAgain);
  stale.add(spot);
}

function drawAgain(): void {
  // What an effect has changed is seen by this drawing.
  runEffects();
  // From the outside in: what an outer one has drawn or removed needs nothing any more.
  const spots = [...stale].sort((a, b) => a.depth - b.depth);
  stale.clear();
  for (const spot of spots) {
    if (spot.gone || !spot.stale) continue;
    draw(spot, spot.node);
    let { parent } = spot;
    while (parent && !parent.dom) ({ parent } = parent);
    if (parent) place(parent);
  }
  runLayoutEffects();
}
