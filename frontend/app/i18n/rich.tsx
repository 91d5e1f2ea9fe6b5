/** A text with elements in it: `{name}` in the catalogue is where the element goes. */
import type { ComponentChildren } from "preact";
import { Fragment } from "preact";
import { type Key, t } from "./words";

export function Rich({ k, parts }: { k: Key; parts: Record<string, ComponentChildren> }) {
  const pieces = t(k).split(/(\{\w+\})/u);
  return (
    <>
      {pieces.map((piece) => {
        const name = /^\{(\w+)\}$/u.exec(piece)?.[1];
        return <Fragment key={piece}>{name ? parts[name] : piece}</Fragment>;
      })}
    </>
  );
}
